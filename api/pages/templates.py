"""The templates of pages, compiled once for an installation: beside them, as Python keeps its modules.

To compile one takes longer than to fill it, and to compile all more than a second. Where whoever runs the
service may not write beside the code, each process compiles what it shows.
"""

from contextlib import suppress
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket

from api.pages.assets import address
from api.pages.words import LANGUAGES, catalogue

TEMPLATES = Path(__file__).resolve().parents[1] / "web" / "templates"
COMPILED = TEMPLATES / "__pycache__"


class _Compiled(FileSystemBytecodeCache):
    """Compiled templates on disk, each with the digest of what it was made from."""

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keeps one where it can be kept: a full disk is no reason not to show a page."""
        with suppress(OSError):
            COMPILED.mkdir(exist_ok=True)
            super().dump_bytecode(bucket)


@cache
def environment() -> Environment:
    """What all pages are filled with."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
        bytecode_cache=_Compiled(str(COMPILED)),
    )
    made.globals["static"] = address
    return made


def make_ready() -> None:
    """Reads the words of all pages, and every template, which is compiled if it was not before."""
    for lang in LANGUAGES:
        catalogue(lang)
    for name in environment().list_templates(["html"]):
        environment().get_template(name)
