"""The settings' reference page is current, and each setting decides something."""

from __future__ import annotations

from idp.settings.loading import known
from idp.settings.reference import page
from tests.architecture.repository import ROOT, code


def test_the_reference_page_is_what_the_settings_say() -> None:
    written = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert written == page(), "run: ./dev run python -m idp.settings > docs/settings.md"


def test_every_setting_is_read_somewhere() -> None:
    elsewhere = "\n".join(text for path, text in code() if path.startswith("idp/") and "settings/" not in path)
    assert [name for name in known() if f".{name.rpartition('.')[2]}" not in elsewhere] == []
