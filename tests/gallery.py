"""Every page with sample contents, in both languages and both themes, for looking at and for the accessibility tests.

`python -m tests.gallery FOLDER` writes them as HTML files with an index. Needs no application, only the templates.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader

import idp
import templates
from idp.web import i18n
from tests.gallery_samples import COMMON, SAMPLES, Said

STATIC: Final = Path(idp.__file__).parent / "static"
THEMES: Final = ("light", "dark")


@dataclass(frozen=True, slots=True)
class Picture:
    """One page of the gallery: a sample in one language and one theme."""

    sample: str
    language: str
    theme: str

    @property
    def file_name(self) -> str:
        """Unique in the gallery."""
        return f"{self.sample}.{self.language}.{self.theme}.html"


PICTURES: Final = tuple(
    Picture(sample, language, theme) for sample in SAMPLES for language in i18n.LANGUAGES for theme in THEMES
)


@cache
def environment(static_prefix: str) -> Environment:
    """Build the environment that the application has, with static files below `static_prefix`."""
    built = Environment(loader=FileSystemLoader(templates.FOLDER), autoescape=True)
    i18n.install_in(built)
    built.globals |= {"static_url": lambda name: static_prefix + name, "csrf_token": lambda: "csrf-token"}
    return built


def render(picture: Picture, jinja: Environment) -> str:
    """Return the page's HTML."""
    template, variables = SAMPLES[picture.sample]
    i18n.use(picture.language)
    said = {name: i18n.gettext(value) for name, value in variables.items() if isinstance(value, Said)}
    frame = {"lang": picture.language, "theme": picture.theme, "languages": i18n.LANGUAGES}
    return jinja.get_template(template).render({**COMMON, **frame, **variables, **said})


def main(folder: Path) -> None:
    """Write all pages and an index into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    jinja = environment(STATIC.as_uri() + "/")
    for picture in PICTURES:
        (folder / picture.file_name).write_text(render(picture, jinja), encoding="utf-8")
    links = "\n".join(f'<li><a href="{picture.file_name}">{picture.file_name}</a></li>' for picture in PICTURES)
    (folder / "index.html").write_text(f"<!doctype html><title>Gallery</title><ul>{links}</ul>", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
