"""How the text of a file is written: UTF-8, or GB18030 as Excel on a Chinese machine writes CSV."""

import codecs
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from api.importing.rows import MAX_LINE_BYTES, Unusable

_BLOCK = 1 << 18
_SAME = {"gbk": "gb18030", "gb2312": "gb18030", "cp936": "gb18030", "utf8": "utf-8", "utf-8-sig": "utf-8"}
KNOWN = ("utf-8", "gb18030")


def encoding_of(path: Path, stated: str | None) -> str:
    """`utf-8` or `gb18030`: what is stated, what a byte order mark says, what the whole file can be read as.

    Raises: Unusable for UTF-16, workbooks, other encodings, and the rare file that can be read as both.
    """
    with path.open("rb") as file:
        head = file.read(4)
        if head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            raise Unusable(path, "The text is UTF-16.", "Save it in Excel as “CSV UTF-8 (comma delimited)”.")
        if head.startswith(b"PK\x03\x04"):
            raise Unusable(
                path,
                "This is an Excel workbook or archive, not text.",
                "State `format: xlsx` in the mapping.",
            )
        if stated is not None:
            return _stated(path, stated)
        if head.startswith(codecs.BOM_UTF8):
            return "utf-8"
        if not _decodes(file, "utf-8"):
            return "gb18030"
        if _has_short_characters_only(file) and _decodes(file, "gb18030"):
            raise Unusable(
                path,
                "It can be read as UTF-8 and as GB18030, and means something else in each.",
                "State `encoding: utf-8` or `encoding: gb18030` in the mapping.",
            )
        return "utf-8"


def _stated(path: Path, stated: str) -> str:
    name = _SAME.get(stated.lower(), stated.lower())
    if name not in KNOWN:
        raise Unusable(
            path, f"The encoding {stated!r} is not read.", f"State one of {', '.join(KNOWN)}, or none."
        )
    return name


def _blocks(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    while block := file.read(_BLOCK):
        yield block


def _decodes(file: BinaryIO, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        for block in _blocks(file):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _has_short_characters_only(file: BinaryIO) -> bool:
    """Whether all of its non-ASCII characters take two bytes in UTF-8; Chinese ones take three or more."""
    longer = re.compile(rb"[\xe0-\xff]")
    return not any(longer.search(block) for block in _blocks(file)) and not all(
        block.isascii() for block in _blocks(file)
    )


def byte_lines(file: BinaryIO) -> Iterator[bytes | None]:
    """The lines of `file` with their ends; None for one longer than a line may be.

    Neither UTF-8 nor GB18030 has the byte of a line feed inside a character, so bytes can be cut first.
    """
    while line := file.readline(MAX_LINE_BYTES):
        if line.endswith(b"\n") or len(line) < MAX_LINE_BYTES:
            yield line
            continue
        while (rest := file.readline(_BLOCK)) and not rest.endswith(b"\n"):
            pass
        yield None
