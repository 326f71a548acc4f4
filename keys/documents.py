"""The text of key files: JSON that a person can read, and below it the SHA-256 of everything above.

The checksum is there for damage, not for tampering: whoever may write the file may write its checksum.
"""

from __future__ import annotations

import hashlib
from base64 import b64decode, b64encode
from datetime import datetime
from typing import Annotated, Any, TypeVar

import msgspec

from keys.secret import Secret

CHECKSUM = b"sha256 "
TRAILER_BYTES = len(CHECKSUM) + 64 + 1

Moment = Annotated[datetime, msgspec.Meta(tz=True)]
Document = TypeVar("Document", bound=msgspec.Struct)


class Damaged(ValueError):
    """The text is not one that :func:`encode` wrote; says so in words for the operator, with nothing secret in them."""


def encode(document: msgspec.Struct) -> bytes:
    """Write a document as text."""
    body = msgspec.json.format(msgspec.json.encode(document, enc_hook=_from_secret), indent=2) + b"\n"
    return body + _trailer(body)


def decode(text: bytes, kind: type[Document]) -> Document:
    """Read a document of that kind; :class:`Damaged` if a single byte of it is not as it was written."""
    body, trailer = text[:-TRAILER_BYTES], text[-TRAILER_BYTES:]
    if trailer != _trailer(body):
        raise Damaged("it is damaged or cut short (its checksum does not fit)")
    try:
        return msgspec.json.decode(body, type=kind, dec_hook=_to_secret)
    except (msgspec.MsgspecError, ValueError):
        raise Damaged("it is whole, but not what belongs here") from None


def _trailer(body: bytes) -> bytes:
    return CHECKSUM + hashlib.sha256(body).hexdigest().encode() + b"\n"


def _from_secret(value: Any) -> str:
    if not isinstance(value, Secret):
        raise NotImplementedError
    return b64encode(value.reveal()).decode()


def _to_secret(kind: type, value: Any) -> Secret:
    if kind is not Secret:
        raise NotImplementedError
    return Secret(b64decode(msgspec.convert(value, str), validate=True))
