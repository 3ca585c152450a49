"""What pages load: style sheets, scripts and pictures, each under an address that names its content."""

import gzip
import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Annotated, NamedTuple

from litestar import Request, Response, get
from litestar.params import PathParameter

from api.problems import NotFound

TYPES: Mapping[str, str] = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
}
FOR_EVER = "public, max-age=31536000, immutable"
DIGITS = 12
"""So much of the SHA-256 stands in an address."""


class Asset(NamedTuple):
    """A file as it is sent. name: its own with its hash: site.0123456789ab.css."""

    name: str
    media_type: str
    body: bytes
    compressed: bytes


@cache
def assets() -> Mapping[str, Asset]:
    """Every file of `web/static`, by its own name; read and compressed once."""
    folder = files("api").joinpath("web", "static")
    return {file.name: _asset(file.name, file.read_bytes()) for file in folder.iterdir() if file.is_file()}


@cache
def address(name: str) -> str:
    """Where a page finds the file `name`."""
    return f"/static/{assets()[name].name}"


@cache
def _by_address() -> Mapping[str, Asset]:
    return {asset.name: asset for asset in assets().values()}


@get("/static/{name:str}", opt={"open": True}, include_in_schema=False)
async def static_file(
    request: Request,  # type: ignore[type-arg]
    name: Annotated[str, PathParameter(description="With the hash of the content.")],
) -> Response[bytes]:
    """The file, compressed if that is understood; to be kept for ever, as other content has another name."""
    found = _by_address().get(name)
    if found is None:
        raise NotFound(field="name", detail=f"There is no file {name!r}.", remedy="Load the page again.")
    headers = {"Cache-Control": FOR_EVER, "Vary": "Accept-Encoding"}
    body = found.body
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"], body = "gzip", found.compressed
    return Response(body, media_type=found.media_type, headers=headers)


def _asset(name: str, body: bytes) -> Asset:
    stem, point, ending = name.rpartition(".")
    digest = hashlib.sha256(body).hexdigest()[:DIGITS]
    packed = gzip.compress(body, 9, mtime=0)
    return Asset(f"{stem}.{digest}.{ending}", TYPES[f"{point}{ending}"], body, packed)
