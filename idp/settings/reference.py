"""The settings as a table: for the reference page, which a test keeps current, and for `idp config show`."""

from __future__ import annotations

import ast
import inspect
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final, Literal, get_args, get_origin

from msgspec import Meta

from idp.domain.secrecy import Private
from idp.settings import shape
from idp.settings.loading import known, variable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

HIDDEN: Final = "…"
HEADER: Final = "| setting and variable | takes | default | what it decides |\n|---|---|---|---|"
PREFACE: Final = """# Settings

*Made from `idp/settings/shape.py` by `python -m idp.settings`; a test keeps it current.*

A setting stands in `idp.toml` in the working directory, or in the file that `IDP_CONFIG` names. Its variable in the
environment, if not empty, has the last word. A variable's name with `_FILE` after it names a file to read the value
from, as container secrets are. In variables, lists are parted by commas. A name that is not in these tables is refused,
and all faults are told at once: `idp config check`. What is in force, without secrets: `idp config show`.

```toml
issuer = "https://id.example.org"

[db]
url = "postgresql+psycopg://idp@db.example.org/yufu"
```"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One setting: its names in file and environment, what it takes, its default as written in TOML, what it is for."""

    name: str
    variable: str
    takes: str
    default: str
    about: str


def entries() -> tuple[Entry, ...]:
    """Every setting, in the order of its section."""
    defaults = dict(values(shape.Settings()))
    about = _documentation()
    return tuple(
        Entry(name, variable(name), _takes(kind), defaults[name], about[name]) for name, kind in known().items()
    )


def values(settings: shape.Settings) -> tuple[tuple[str, str], ...]:
    """Every setting's name and value as it would stand in TOML; secrets, and passwords in addresses, are hidden."""
    return tuple((name, _written(_value(settings, name))) for name in known())


def _value(settings: shape.Settings, name: str) -> Any:
    value: Any = settings
    for part in name.split("."):
        value = getattr(value, part)
    return value


def _written(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return f"[{', '.join(map(_written, value))}]"
    if isinstance(value, Private):
        return HIDDEN
    if isinstance(value, str):
        return f'"{re.sub(r"(?<=://)[^/@]*@", HIDDEN + "@", value)}"'
    return str(value)


def _takes(kind: Any) -> str:
    """Put a type into words: `whole number, 1 to 60`."""
    bounds = [meta for meta in getattr(kind, "__metadata__", ()) if isinstance(meta, Meta)]
    kind = getattr(kind, "__origin__", kind) if bounds else kind
    if get_origin(kind) is Literal:
        return " · ".join(f"`{choice}`" for choice in get_args(kind))
    if get_origin(kind) is tuple:
        return f"list of {_takes(get_args(kind)[0])}"
    if Private in get_args(kind):
        return "secret"
    words = {bool: "`true` · `false`", int: "whole number", float: "number", str: "text"}[kind]
    return ", ".join([words, *(_bounds(meta) for meta in bounds if meta.pattern is None)])


def _bounds(meta: Meta) -> str:
    low = f"at least {meta.ge}" if meta.ge is not None else f"more than {meta.gt}"
    return low if meta.le is None else f"{low} and at most {meta.le}"


@cache
def _documentation() -> Mapping[str, str]:
    """Read the strings under the settings: Python keeps them in the source only."""
    module = ast.parse(inspect.getsource(shape))
    classes = {node.name: dict(_documented(node)) for node in module.body if isinstance(node, ast.ClassDef)}
    found: dict[str, str] = {}
    for name in known():
        section, _, own = name.rpartition(".")
        owner = type(_value(shape.Settings(), section)) if section else shape.Settings
        found[name] = classes[owner.__name__][own]
    return found


def _documented(node: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for target, text in zip(node.body, node.body[1:], strict=False):
        match target, text:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str() as words)):
                yield name, " ".join(words.split())


def page() -> str:
    """Write the reference page in Markdown (`python -m idp.settings > docs/settings.md`)."""
    rows = [PREFACE]
    section = None
    for entry in entries():
        own = entry.name.rpartition(".")[0]
        if own != section:
            section = own
            rows.append(f"\n## {f'[{section}]' if section else 'Top level'}\n\n{_about_section(section)}\n\n{HEADER}")
        default = f"`{entry.default}`" if entry.default else "none"
        rows.append(f"| `{entry.name}`<br>`{entry.variable}` | {entry.takes} | {default} | {entry.about} |")
    return "\n".join(rows) + "\n"


def _about_section(section: str) -> str:
    owner = type(_value(shape.Settings(), section)) if section else shape.Settings
    return " ".join((owner.__doc__ or "").split())
