"""What facts about learning and practices say, in English and Chinese; forms are as in `api.telling`."""

from collections.abc import Mapping

LEARNING: Mapping[str, tuple[str, str]] = {
    "module_studied": (
        "{employee} has done {completion} of module {module}",
        "{employee} 完成课程 {module} 的 {completion}",
    ),
    "module_tested": (
        "{employee} scores {score} in the test of module {module}",
        "{employee} 在课程 {module} 的测试中得 {score} 分",
    ),
    "question_bank_published": (
        "Question bank {bank} for module {module} is published",
        "发布课程 {module} 的题库 {bank}",
    ),
    "test_drawn": (
        "{employee} begins test {test} of module {module}, attempt {attempt}[, due {due_at}]",
        "{employee} 开始课程 {module} 的测试 {test}，第 {attempt} 次[，截止 {due_at}]",
    ),
    "test_answered": (
        "{employee} hands in test {test} of module {module}: {right} right, {score}",
        "{employee} 提交课程 {module} 的测试 {test}：答对 {right} 题，{score} 分",
    ),
    "practice_shared": (
        "{employee} shares practice {practice}[ for the stage {stage}][, step {step}][, client {customer}]: "
        "{title}",
        "{employee} 分享做法 {practice}[，适用阶段 {stage}][，环节 {step}][，客户 {customer}]：{title}",
    ),
    "decision_maker_recorded": (
        "{employee} records who decides at {customer}, step {step}: {role}",
        "{employee} 登记客户 {customer} 在 {step} 环节的决策人：{role}",
    ),
    "board_display_chosen": (
        "{employee} is shown on boards: {display}",
        "{employee} 选择在榜单上的显示方式：{display}",
    ),
    "skill_graded": (
        "{grader} grades {employee} {score} in {kind} as {graded_as}",
        "{grader} 以 {graded_as} 身份评 {employee} 的 {kind}：{score} 分",
    ),
}
