"""Basic authentication (RFC 7617), for clients that know no other: name and secret of one of our tokens."""

import base64
import binascii


def credentials(said: str) -> tuple[str, str]:
    """Name and token of what stands after `Basic`; both empty for what is neither."""
    try:
        name, _, token = base64.b64decode(said, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return "", ""
    return name, token
