"""What facts about branches, their posts and the names of things say, in English and in Chinese."""

from collections.abc import Mapping

NAMING: Mapping[str, tuple[str, str]] = {
    "branch_opened": (
        "Branch {branch} ({title}) opens on {opened_on}",
        "分公司 {branch}（{title}）于 {opened_on} 开业",
    ),
    "branch_merged": (
        "Branch {branch} is part of {into} from {effective_on}: {reason}",
        "分公司 {branch} 自 {effective_on} 起并入 {into}：{reason}",
    ),
    "posts_established": (
        "{branch} has {posts} posts for {employment} staff from {effective_on}[, department {department}]"
        "[, as {post}]",
        "{branch} 自 {effective_on} 起有 {posts} 个 {employment} 编制[，部门 {department}][，岗位 {post}]",
    ),
    "title_set": ("The {kind} {id} is called {en}, in Chinese {zh}", "{kind} {id} 的名称：{zh}，英文 {en}"),
}
"""By type of fact, in the forms that `api.telling` reads."""
