"""What facts about connectors, webhooks and quarantine say, in one line of English and of Chinese."""

from collections.abc import Mapping

CONNECTING: Mapping[str, tuple[str, str]] = {
    "connector_set": (
        "Records of connector {connector} are translated by another mapping[: {reason}]",
        "连接器 {connector} 启用新的映射[：{reason}]",
    ),
    "connector_removed": (
        "Connector {connector} is removed[: {reason}]",
        "移除连接器 {connector}[：{reason}]",
    ),
    "webhook_changed": (
        "Webhook {webhook} to {host} is {change}[, as role {role}][, scope {scope}][: {because}]",
        "Webhook {webhook}（{host}）：{change}[，角色 {role}][，范围 {scope}][：{because}]",
    ),
    "quarantine_settled": (
        "A record of connector {connector}, refused as {kind}, is {settled_as}: {reason}",
        "连接器 {connector} 因 {kind} 被隔离的记录已处理（{settled_as}）：{reason}",
    ),
}
"""The forms of `api.telling`, by type of fact."""
