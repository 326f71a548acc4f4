"""The skeleton of a text: what is left when everything that a glance would miss is taken away (after UTS #39 §4).

Two texts that look alike have the same skeleton. Covered by a small table of our own:

* compatibility forms (full-width, mathematical, circled …), case, and the diacritics of Latin, Greek and Cyrillic;
* Cyrillic and Greek letters drawn like Latin ones, Latin letters with strokes, ligatures;
* ``0 o``, ``1 i l``, ``m rn``, ``w vv``;
* Kana drawn like Han (カ 力), Kana drawn like Kana (ヘ へ), Han a stroke's length apart (己 已 巳, 土 士);
* punctuation and spaces, which count for nothing.

Not covered: simplified against traditional Han, scripts that code names do not allow, and names that merely sound
alike. A skeleton is stricter than the standard's, which keeps case and accents. It is compared, never shown.
"""

from __future__ import annotations

import unicodedata

_DRAWN_ALIKE = {
    "a": "АаΑαɑ",
    "b": "ВвЬьΒβ",
    "c": "Ссς",
    "d": "ԁĐđÐð",
    "e": "ЕеΕεҽ",
    "g": "Ԍɡ",
    "h": "НнҺһΗĦħ",
    "j": "Јјϳȷ",
    "k": "КкΚκĸ",
    "l": "1IiІіΙιӀӏıŁł",
    "n": "ПпΝηŊŋ",
    "o": "0ОоΟοσØø〇",
    "p": "РрΡρÞþ",
    "q": "Ԛԛ",
    "r": "Гг",
    "s": "Ѕѕ",
    "t": "ТтΤτŦŧ",
    "u": "μυ",
    "v": "Ѵѵν",
    "x": "ХхΧχ",
    "y": "УуҮүΥγ",
    "z": "Ζζ",
    "3": "Зз",
    "6": "б",
    "ae": "Ææ",
    "oe": "Œœ",
    "rn": "MmМмΜ",
    "vv": "WwԜԝωѡ",
    "一": "ー",
    "二": "ニ",
    "人": "入",
    "八": "ハ",
    "力": "カ",
    "千": "チ",
    "卜": "ト",
    "又": "ヌ",
    "口": "ロ",
    "土": "士",
    "夕": "タ",
    "工": "エ",
    "己": "已巳",
    "才": "オ",
    "戊": "戌戍",
    "日": "曰",
    "木": "ホ",
    "未": "末",
    "へ": "ヘ",
    "り": "リ",
}
_FOLDED = {ord(drawn): plain for plain, alike in _DRAWN_ALIKE.items() for drawn in alike}
_DIACRITICS = range(0x0300, 0x0370)  # and not the marks that tell Kana apart


def skeleton(text: str) -> str:
    """Return what two texts have in common exactly when they look alike. May be empty."""
    looks = _plain(text).translate(_FOLDED).casefold()
    looks = _plain(looks).translate(_FOLDED)
    return unicodedata.normalize("NFC", "".join(filter(_counts, looks)))


def _plain(text: str) -> str:
    return "".join(one for one in unicodedata.normalize("NFKD", text) if ord(one) not in _DIACRITICS)


def _counts(character: str) -> bool:
    return unicodedata.category(character)[0] in "LMN"
