"""Why a cluster does not compute."""


class ClusterFailed(Exception):
    """The cluster cannot be used, or was lost. remedy: what to do about it."""

    def __init__(self, detail: str, remedy: str) -> None:
        super().__init__(detail, remedy)
        self.detail, self.remedy = detail, remedy

    def __str__(self) -> str:
        return f"{self.detail} {self.remedy}"
