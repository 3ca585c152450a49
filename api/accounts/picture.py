"""The address of a second factor as a picture that a telephone reads, drawn here and by nobody else."""

import segno
from markupsafe import Markup

QUIET_MODULES = 4
"""Of white around the code, as ISO/IEC 18004 asks; it is black on white in a dark page, too."""


def code_of(address: str) -> Markup:
    """`address` as a QR code in SVG, without a size of its own; what it shows is told by whoever shows it."""
    drawn = segno.make_qr(address, error="m")
    return Markup(
        drawn.svg_inline(
            border=QUIET_MODULES, dark="#000", light="#fff", svgclass="qr", lineclass=None, omitsize=True
        )
    )
