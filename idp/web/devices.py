"""What a browser is called in a person's list of sessions: family and system, never a version.

A version would tell more than the person needs to recognise their own device, and would sit in the database for it.
"""

from __future__ import annotations

from idp.web.i18n import gettext_noop

# Order matters: most browsers name the ones they imitate, so the most particular marks come first.
BROWSERS = (
    ("MicroMessenger/", "WeChat"),
    ("QQBrowser/", "QQ Browser"),
    ("UCBrowser/", "UC Browser"),
    ("MiuiBrowser/", "Mi Browser"),
    ("HuaweiBrowser/", "Huawei Browser"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("OpenHarmony", "HarmonyOS"),
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
UNKNOWN = gettext_noop("Unknown device")


def device_name(user_agent: str) -> str:
    """Return a name such as ``Chrome · Windows`` for a User-Agent header, or :data:`UNKNOWN` (a source string)."""
    parts = [next((name for mark, name in known if mark in user_agent), None) for known in (BROWSERS, SYSTEMS)]
    return " · ".join(part for part in parts if part) or UNKNOWN
