"""From a TOML file and the environment to :class:`Settings`, collecting faults on the way instead of stopping."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, is_dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, get_origin, get_type_hints

import msgspec

from idp.domain.secrecy import Private
from idp.settings.faults import Fault, SettingsError
from idp.settings.rules import RULES
from idp.settings.shape import Settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

FILE: Final = "idp.toml"
PREFIX: Final = "IDP_"
FILE_SUFFIX: Final = "_FILE"
READ_ELSEWHERE: Final = ("IDP_CONFIG", "IDP_CHROMIUM", "IDP_TEST_")
"""Variables with our prefix that are no settings: the name of the settings file, and what the tests need."""


@dataclass(frozen=True, slots=True)
class Given:
    """One value as it was found: for which setting, where (in the operator's words), and whether it is mere text."""

    name: str
    where: str
    value: Any
    is_text: bool


def load(environ: Mapping[str, str], path: Path | None = None) -> Settings:
    """Read the settings; `path` is the TOML file, otherwise `IDP_CONFIG` or an `idp.toml` in the working directory.

    Raises :class:`SettingsError` with every fault there is.
    """
    faults: list[Fault] = []
    from_file = _from_file(_file_to_read(environ, path), faults)
    given = from_file | _from_environment(environ, faults)
    values = _checked(given.values(), faults)
    values.setdefault("production", str(values.get("issuer", "")).startswith("https://"))
    settings = _assembled(values)
    faults.extend(fault for rule in RULES for fault in rule(settings))
    if faults:
        raise SettingsError(faults)
    return settings


@cache
def known() -> Mapping[str, Any]:
    """Every setting's dotted name with its type, in the order of :class:`Settings`."""
    return dict(_flattened(Settings, prefix=""))


def variable(name: str) -> str:
    """Name the environment variable of a setting: `db.url` is `IDP_DB__URL`."""
    return PREFIX + name.upper().replace(".", "__")


def _flattened(section: type[Any], *, prefix: str) -> Iterator[tuple[str, Any]]:
    for name, kind in get_type_hints(section, include_extras=True).items():
        if _is_section(kind):
            yield from _flattened(kind, prefix=f"{name}.")
        else:
            yield prefix + name, kind


def _is_section(kind: Any) -> bool:
    return isinstance(kind, type) and is_dataclass(kind)


def _is_list(kind: Any) -> bool:
    return tuple in {get_origin(kind), get_origin(getattr(kind, "__origin__", None))}  # bare, or inside of Annotated


def _file_to_read(environ: Mapping[str, str], path: Path | None) -> Path | None:
    named = path or (Path(environ["IDP_CONFIG"]) if environ.get("IDP_CONFIG") else None)
    if named is None:
        return Path(FILE) if Path(FILE).exists() else None
    return named


def _from_file(path: Path | None, faults: list[Fault]) -> dict[str, Given]:
    if path is None:
        return {}
    try:
        tree = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        faults.append(Fault(str(path), "there is no such settings file"))
        return {}
    except OSError as error:
        faults.append(Fault(str(path), f"cannot be read ({error.strerror})"))
        return {}
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        faults.append(Fault(str(path), f"cannot be read as TOML ({error})"))
        return {}
    found: dict[str, Given] = {}
    for name, value in _leaves(tree):
        where = f"{path.name}: {name}"
        if name in known():
            found[name] = Given(name, where, value, is_text=False)
        else:
            faults.append(Fault(where, "there is no such setting" + _meant(name, known())))
    return found


def _leaves(tree: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Walk one level of sections: what is deeper is a value, and of the wrong type."""
    for name, value in tree.items():
        if isinstance(value, dict):
            yield from ((f"{name}.{key}", leaf) for key, leaf in value.items())
        else:
            yield name, value


def _is_text(value: str) -> bool:
    """Tell whether a variable's bytes were UTF-8; what was not is kept by Python as lone surrogates."""
    return not any("\ud800" <= each <= "\udfff" for each in value)


def _from_environment(environ: Mapping[str, str], faults: list[Fault]) -> dict[str, Given]:
    names = {variable(name): name for name in known()}
    found: dict[str, Given] = {}
    for where, text in sorted(environ.items()):
        if not text or not where.startswith(PREFIX) or where.startswith(READ_ELSEWHERE):
            continue
        name = names.get(where) or names.get(where.removesuffix(FILE_SUFFIX))
        if name is None:
            faults.append(Fault(where, "there is no such setting" + _meant(where, names)))
        elif name in found:
            faults.append(Fault(where, f"{found[name].where} is set too; keep one of them"))
        elif not _is_text(text):
            faults.append(Fault(where, "is not UTF-8"))
        elif where in names:
            found[name] = Given(name, where, text, is_text=True)
        else:
            try:
                found[name] = Given(name, where, Path(text).read_text(encoding="utf-8").strip(), is_text=True)
            except (OSError, UnicodeDecodeError) as error:
                faults.append(Fault(where, f"the file it names cannot be read ({type(error).__name__})"))
    return found


def _meant(name: str, candidates: Iterable[str]) -> str:
    close = get_close_matches(name, candidates, n=1)
    return f"; did you mean {close[0]}?" if close else ""


def _checked(given: Iterable[Given], faults: list[Fault]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for one in given:
        kind = known()[one.name]
        value = one.value
        if one.is_text and _is_list(kind):
            value = [part.strip() for part in value.split(",") if part.strip()]
        try:
            values[one.name] = msgspec.convert(value, kind, strict=not one.is_text, dec_hook=_to_private)
        except msgspec.ValidationError as error:
            faults.append(Fault(one.where, str(error)))
    return values


def _to_private(kind: type[Any], value: Any) -> Any:
    if kind is Private and isinstance(value, str):
        return Private(value)
    raise TypeError("Expected `str`")  # msgspec turns it into a ValidationError


def _assembled(values: Mapping[str, Any]) -> Settings:
    """Build the sections from flat names; what was not given, or was faulty, has its default."""
    parts: dict[str, Any] = {name: value for name, value in values.items() if "." not in name}
    for section, kind in get_type_hints(Settings).items():
        if _is_section(kind):
            own = {name.partition(".")[2]: value for name, value in values.items() if name.startswith(f"{section}.")}
            parts[section] = kind(**own)
    return Settings(**parts)
