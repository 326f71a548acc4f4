"""Pictures from elsewhere, made anew: decoded within limits, and written out as a small PNG that holds pixels only."""

from __future__ import annotations

from io import BytesIO
from typing import Final

from PIL import Image

FORMATS: Final = ("PNG", "JPEG", "WEBP", "GIF")
"""Not SVG: it is a program as much as a picture."""
SIDE: Final = 256
MOST_PIXELS: Final = 2048 * 2048


class NoPicture(ValueError):
    """The bytes are no picture that we show; the text says why in words of ours."""


def as_icon(data: bytes) -> bytes:
    """Return the first frame of a picture as a PNG of at most 256 by 256 pixels. Raises :class:`NoPicture`."""
    try:
        with Image.open(BytesIO(data), formats=FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:  # known from the header, before a pixel is decoded
                raise NoPicture("more pixels than are decoded here")
            picture.draft("RGB", (SIDE, SIDE))
            pixels = picture.convert("RGBA")
    except NoPicture:
        raise
    except Exception:  # noqa: BLE001 — decoders of damaged data raise whatever they stumble over
        raise NoPicture("no picture of a kind that is shown here") from None
    pixels.thumbnail((SIDE, SIDE))
    clean = Image.new("RGBA", pixels.size)
    clean.paste(pixels)  # without what else the file said: profiles, comments, places
    written = BytesIO()
    clean.save(written, "PNG", optimize=True)
    return written.getvalue()
