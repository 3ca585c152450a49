"""What facts about changes that take two say, in one line of English and of Chinese."""

from collections.abc import Mapping

CHANGES: Mapping[str, tuple[str, str]] = {
    "target_changed": (
        "Target {target} of {employee} is {value} from {effective_from}, approved by {approver}"
        "[ as proposed at position {proposal}]: {reason}",
        "{employee} 的目标 {target} 自 {effective_from} 起为 {value}，审批人 {approver}"
        "[（见位次 {proposal} 的提议）]：{reason}",
    ),
    "override_set": (
        "{parameter} of plan {plan} is {value} for {level} {scope} from {effective_from}, "
        "approved by {approver}[ as proposed at position {proposal}]: {reason}",
        "方案 {plan} 的参数 {parameter} 自 {effective_from} 起对 {level} {scope} 为 {value}，"
        "审批人 {approver}[（见位次 {proposal} 的提议）]：{reason}",
    ),
    "balance_written_off": (
        "{amount} that {employee} owes on {account} of plan {plan} is written off, approved by {approver}"
        "[ as proposed at position {proposal}]: {reason}",
        "{employee} 在方案 {plan} 的 {account} 所欠 {amount} 予以核销，审批人 {approver}"
        "[（见位次 {proposal} 的提议）]：{reason}",
    ),
    "subject_erased": (
        "Personal data[ of {employee}][ of client {customer}] is erased, approved by {approver}"
        "[ as proposed at position {proposal}]: {reason}",
        "[{employee} 的][客户 {customer} 的]个人数据被清除，审批人 {approver}"
        "[（见位次 {proposal} 的提议）]：{reason}",
    ),
    "change_proposed": (
        "A second person is asked to approve {changes}[ of {employee}][ of client {customer}]"
        "[ of branch {branch}]",
        "提请第二人审批 {changes}[，人员 {employee}][，客户 {customer}][，分公司 {branch}]",
    ),
    "change_refused": (
        "What was proposed at position {proposal} is refused: {changes}[ of {employee}]"
        "[ of client {customer}][ of branch {branch}], {reason}",
        "拒绝位次 {proposal} 的提议：{changes}[，人员 {employee}]"
        "[，客户 {customer}][，分公司 {branch}]，{reason}",
    ),
}
