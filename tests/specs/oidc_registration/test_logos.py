"""Whose page a person is led from: its logo and its links stand on the sign-in page, and on the consent page."""

from __future__ import annotations

import re
import struct
import zlib
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from PIL import Image, PngImagePlugin

from idp.gateways.pictures import NoPicture, as_icon
from tests.house import ISSUER
from tests.registering import register, told

if TYPE_CHECKING:
    from tests.house import House
    from tests.laboratory import Laboratory
    from tests.registering import Registered

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def picture(width: int = 640, height: int = 320, kind: str = "PNG") -> bytes:
    written = BytesIO()
    Image.new("RGB", (width, height), "red").save(written, kind)
    return written.getvalue()


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes whose header says that it is huge."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 1000)), (b"IEND", b"")]
    body = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body


def with_logo(house: House, laboratory: Laboratory, body: bytes, kind: str = "image/png") -> Registered:
    return register(house, logo_uri=laboratory.publish("/logo", body, kind))


def address(registered: Registered, page: str) -> str | None:
    found = re.search(rf'src="(/sites/{registered.answer["client_id"]}/logo[^"]*)"', page)
    return found and found[1]


def test_the_sign_in_page_shows_logo_policy_and_terms(lab_house: House, laboratory: Laboratory) -> None:
    """oidcc-registration-logo-uri, oidcc-registration-policy-uri, oidcc-registration-tos-uri"""
    registered = register(
        lab_house,
        logo_uri=laboratory.publish("/logo", picture(), "image/png"),
        policy_uri="https://new.example/privacy",
        tos_uri="https://new.example/terms",
    )
    stranger = lab_house.stranger()
    page = stranger.visit(stranger.visit(registered.site.request()).headers["Location"]).text
    assert 'href="https://new.example/privacy"' in page
    assert 'href="https://new.example/terms"' in page
    src = address(registered, page)
    assert src is not None
    response = lab_house.browser().get(src, base_url=ISSUER)
    assert (response.status_code, response.mimetype) == (200, "image/png")
    shown = Image.open(BytesIO(response.data))
    assert shown.size == (256, 128)


def test_the_consent_page_shows_it_too(lab_house: House, laboratory: Laboratory) -> None:
    registered = with_logo(lab_house, laboratory, picture())
    person = lab_house.person()
    page = person.visit(registered.site.request(scope="openid"))
    while page.status_code == 303:
        page = person.visit(page.headers["Location"])
    assert 'data-page="consent"' in page.text
    assert address(registered, page.text)


def test_a_logo_is_served_as_a_picture_that_can_do_nothing_else(lab_house: House, laboratory: Laboratory) -> None:
    registered = with_logo(lab_house, laboratory, picture())
    path = f"/sites/{registered.answer['client_id']}/logo"
    response = lab_house.browser().get(path, base_url=ISSUER)
    assert response.headers.getlist("Content-Security-Policy") == ["default-src 'none'; sandbox"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"] == "no-cache"
    digest = lab_house.services.logos.digest(registered.site.client)
    named = lab_house.browser().get(f"{path}?v={digest}", base_url=ISSUER)
    assert "immutable" in named.headers["Cache-Control"]
    again = lab_house.browser().get(path, base_url=ISSUER, headers={"If-None-Match": response.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (SVG, "image/svg+xml"),
        (SVG, "image/png"),
        (b"", "image/png"),
        (picture()[:100], "image/png"),
        (bomb(50_000, 50_000), "image/png"),
        (b"x" * 600_000, "image/png"),
    ],
    ids=["svg", "svg that lies", "empty", "cut off", "bomb", "large"],
)
def test_a_logo_that_is_no_picture_leaves_the_initial_and_the_registration(
    lab_house: House, laboratory: Laboratory, body: bytes, kind: str
) -> None:
    registered = with_logo(lab_house, laboratory, body, kind)
    stranger = lab_house.stranger()
    page = stranger.visit(stranger.visit(registered.site.request()).headers["Location"]).text
    assert address(registered, page) is None
    assert "site-initial" in page
    path = f"/sites/{registered.answer['client_id']}/logo"
    assert lab_house.browser().get(path, base_url=ISSUER).status_code == 404


def test_a_logo_nobody_can_reach_leaves_the_initial(house: House) -> None:
    registered = register(house, logo_uri="http://127.0.0.1:1/logo.png")
    assert told(registered.call("GET"))["logo_uri"] == "http://127.0.0.1:1/logo.png"


def test_a_change_of_logo_is_fetched_and_one_left_out_is_forgotten(lab_house: House, laboratory: Laboratory) -> None:
    registered = with_logo(lab_house, laboratory, picture())
    first = lab_house.services.logos.digest(registered.site.client)
    registered.change(client_name="Same logo")
    assert laboratory.asked == ["/logo"]
    registered.change(logo_uri=laboratory.publish("/other", picture(10, 10), "image/png"))
    second = lab_house.services.logos.digest(registered.site.client)
    assert None not in {first, second}
    assert first != second
    registered.change(logo_uri=None)
    assert lab_house.services.logos.find(registered.answer["client_id"]) is None


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_picture_of_any_usual_kind_becomes_a_small_png(kind: str) -> None:
    made = Image.open(BytesIO(as_icon(picture(kind=kind))))
    assert (made.format, made.size) == ("PNG", (256, 128))


def test_what_else_a_file_says_is_left_behind() -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", "a-secret-comment")
    written = BytesIO()
    Image.new("RGB", (5, 5)).save(
        written, "PNG", pnginfo=info, icc_profile=b"a-secret-profile", exif=b"Exif\0\0a-place"
    )
    made = as_icon(written.getvalue())
    assert Image.open(BytesIO(made)).info == {}
    assert b"secret" not in made


def test_a_picture_of_too_many_pixels_is_refused_by_its_header() -> None:
    with pytest.raises(NoPicture, match="pixels"):
        as_icon(bomb(4096, 4096))


def test_an_id_of_any_form_has_an_address(lab_house: House, laboratory: Laboratory) -> None:
    """Operators may choose ids with a slash in them."""
    uri = laboratory.publish("/logo", picture(), "image/png")
    client = replace(lab_house.site("a/b?c=d").client, logo_uri=uri)
    assert lab_house.services.logos.refresh(client, now=lab_house.now)
    path = f"/sites/{quote(client.client_id, safe='')}/logo"
    assert lab_house.browser().get(path, base_url=ISSUER).status_code == 200
