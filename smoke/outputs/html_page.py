"""A page from a template, with its style sheet inside: what it takes to render one, for every page that we write."""

import base64
import hashlib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Template


def template(file: Path, filters: Mapping[str, Callable[..., Any]]) -> "Template":
    """Return the Jinja template in *file*: values are escaped, and a missing one raises a TemplateError."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # imported late: needed after the verdict only

    environment = Environment(
        loader=FileSystemLoader(file.parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(filters)
    return environment.get_template(file.name)


@cache
def style_sheet(file: Path) -> Any:
    """Return the style sheet in *file* as text that is not escaped: it is our own, and no target's words."""
    from markupsafe import Markup

    return Markup(file.read_text(encoding="utf-8"))  # noqa: S704 - our own file


def style_hash(style: str) -> str:
    """Return what the page's content security policy names *style* by (CSP 3, `'sha256-…'`)."""
    return base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
