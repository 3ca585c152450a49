"""Facts of the firm's directory of people: by what names it knows them, and the groups that it keeps."""

from typing import Annotated, ClassVar

from msgspec import Meta

from domain.facts.base import EmployeeId, Fact, Label, personal

DirectoryName = Annotated[
    str, personal(r"[^\x00-\x1f]{1,200}", "What the directory calls a person; often a mail address.")
]
GroupTitle = Annotated[
    str,
    Meta(pattern=r"^[^\x00-\x1f]{1,200}\Z", description="Name of a group, without personal data."),
]
ExternalId = Annotated[
    str, Meta(pattern=r"^[^\x00-\x1f]{1,200}\Z", description="Id under which the directory keeps a group.")
]


class DirectoryEntrySet(Fact, frozen=True, kw_only=True):
    """The directory keeps a person under these names; of each person the last one holds, whole.

    user_name: with which the person signs in. external_id: the directory's own key of the person.
    """

    TYPE: ClassVar[str] = "directory_entry_set"
    employee: EmployeeId
    user_name: DirectoryName
    external_id: DirectoryName | None = None


class DirectoryEntryRemoved(Fact, frozen=True, kw_only=True):
    """The directory keeps a person no more; what the ledger knows of them stays."""

    TYPE: ClassVar[str] = "directory_entry_removed"
    employee: EmployeeId


class DirectoryGroupSet(Fact, frozen=True, kw_only=True):
    """The directory keeps a group of people, who are the team `team`; of each the last one holds, whole."""

    TYPE: ClassVar[str] = "directory_group_set"
    team: Label
    title: GroupTitle
    external_id: ExternalId | None = None


class DirectoryGroupRemoved(Fact, frozen=True, kw_only=True):
    """The directory keeps the group of a team no more."""

    TYPE: ClassVar[str] = "directory_group_removed"
    team: Label
