"""What facts about leads and contracts say, in one line of English and of Chinese."""

from collections.abc import Mapping

LEADS_AND_CONTRACTS: Mapping[str, tuple[str, str]] = {
    "lead_received": (
        "Lead {lead} of {customer} comes in for {employee}[: {amount_minor} {currency} in minor units]"
        "[, industry {industry}]",
        "{customer} 的线索 {lead} 分给 {employee}[：{amount_minor} {currency}（最小货币单位）]"
        "[，行业 {industry}]",
    ),
    "contract_uploaded": (
        "Contract {contract} of {employee} is uploaded[ by {assistant}][, deal {deal}]",
        "{employee} 的合同 {contract} 已上传[，经办 {assistant}][，订单 {deal}]",
    ),
    "contract_passed": (
        "Contract {contract} of {employee} passes the {kind} review[ by {reviewer}]",
        "{employee} 的合同 {contract} 通过 {kind} 审核[，审核人 {reviewer}]",
    ),
    "contract_returned": (
        "Contract {contract} of {employee} comes back from the {kind} review[ by {reviewer}]: {reason}",
        "{employee} 的合同 {contract} 被 {kind} 审核退回[，审核人 {reviewer}]：{reason}",
    ),
    "contract_told": (
        "{employee} is told that contract {contract} is ready",
        "已告知 {employee} 合同 {contract} 就绪",
    ),
}
"""The forms of `api.telling`, by type of fact."""
