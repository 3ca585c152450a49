"""What facts about names, the directory and tokens say, in two languages; forms are as in `api.telling`."""

from collections.abc import Mapping

DIRECTORY: Mapping[str, tuple[str, str]] = {
    "employee_named": (
        "{employee} is called otherwise from {effective_on}",
        "{employee} 自 {effective_on} 起姓名变更",
    ),
    "directory_entry_set": (
        "The directory keeps {employee} under a name of its own",
        "目录登记 {employee} 的账户名",
    ),
    "directory_entry_removed": ("The directory keeps {employee} no more", "目录移除 {employee}"),
    "directory_group_set": (
        "The directory keeps team {team} as {title}",
        "目录登记团队 {team}：{title}",
    ),
    "directory_group_removed": ("The directory keeps team {team} no more", "目录移除团队 {team}"),
    "token_made": (
        "Token {caller} is made: role {role}, scope {scope}[, for {employee}][, until {expires_at}]",
        "发放令牌 {caller}：角色 {role}，范围 {scope}[，属于 {employee}][，有效期至 {expires_at}]",
    ),
    "token_revoked": (
        "Token {caller} is revoked[: role {role}][, of {employee}]",
        "吊销令牌 {caller}[：角色 {role}][，属于 {employee}]",
    ),
}
