"""The sites' words in the reader's language. English sentences are their own keys; ``chinese`` has the others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from clients.demo.chinese import CHINESE

LANGUAGES = {"en": "English", "zh-CN": "简体中文"}
"""Language tag to the language's own name."""
_BEIJING = timedelta(hours=8)


@dataclass(frozen=True, slots=True)
class Words:
    """One language: call it with an English sentence and the values for its ``{names}``."""

    language: str

    def __call__(self, sentence: str, **values: object) -> str:
        """Say a sentence. One without a translation stays English."""
        said = CHINESE.get(sentence, sentence) if self.language == "zh-CN" else sentence
        return said.format(**values) if values else said

    @property
    def other(self) -> tuple[str, str]:
        """The other language, as (tag, own name), for the switch."""
        return next((tag, name) for tag, name in LANGUAGES.items() if tag != self.language)

    def day(self, at: int) -> str:
        """Write the day of a moment in unix seconds, by Beijing's clock."""
        day = datetime.fromtimestamp(at, tz=UTC) + _BEIJING
        if self.language == "zh-CN":
            return f"{day.year}年{day.month}月{day.day}日"
        return f"{day.day} {day:%B} {day.year}"


def words_for(*, chosen: str | None, accepted: str) -> Words:
    """Pick the language: what the switch set, else the best of ``Accept-Language`` (RFC 9110 §12.5.4), else English."""
    if chosen in LANGUAGES:
        return Words(chosen)
    for tag in _by_preference(accepted):
        if tag.startswith("zh"):
            return Words("zh-CN")
        if tag.startswith("en"):
            break
    return Words("en")


def _by_preference(accepted: str) -> list[str]:
    weighed = []
    for part in accepted[:500].lower().split(","):
        tag, _, weight = part.strip().partition(";q=")
        try:
            weighed.append((-float(weight or 1), tag))
        except ValueError:
            continue
    return [tag for weight, tag in sorted(weighed, key=lambda pair: pair[0]) if weight < 0]
