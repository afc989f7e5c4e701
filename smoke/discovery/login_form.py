"""The form with which people log in: its fields, where it posts to, and what hides in it: pure."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from smoke.discovery.paths import LOGIN, leads_to_login
from smoke.discovery.site import Site, is_page, links

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

_USER_TYPES = frozenset({"text", "email", "tel", ""})
_BUTTONS = 'button[type="submit"], input[type="submit"], button:not([type])'


@dataclass(frozen=True, slots=True)
class FormFound:
    """A login form as served. *hidden* names what it sends besides, such as a token against forged requests."""

    page: str
    action: str
    user_field: str
    password_field: str
    user_label: str
    password_label: str
    button: str
    hidden: tuple[str, ...] = ()


def found_form(site: Site) -> FormFound | None:
    """Return the login form of *site*, from its login page if there is one, else from any page that has one."""
    home = site.first("/")
    linked = links(home, site.url) if home is not None and is_page(home) else []
    for path in dict.fromkeys([*filter(leads_to_login, linked), *LOGIN, "/", *site.answers]):
        answer = site.own(path) or (site.first(path) if path == "/" else None)
        if answer is not None and is_page(answer):
            found = _in_page(answer.text(), answer.final_url or answer.request.url, site.url, path)
            if found is not None:
                return found
    return None


def _in_page(html: str, url: str, base: str, path: str) -> FormFound | None:
    from smoke.checks._html import parse  # the HTML parser takes time to load

    tree = parse(html)
    for form in tree.css("form"):
        secrets = form.css('input[type="password"]')
        users = [one for one in form.css("input") if (one.attributes.get("type") or "").lower() in _USER_TYPES]
        if len(secrets) != 1 or not users:  # two passwords are a registration
            continue
        target = urlsplit(urljoin(url, form.attributes.get("action") or ""))
        action = f"{target.scheme}://{target.netloc}{target.path}".removeprefix(base) or "/"
        hidden = [one.attributes.get("name") or "" for one in form.css('input[type="hidden"]')]
        return FormFound(
            path,
            action,
            users[0].attributes.get("name") or "username",
            secrets[0].attributes.get("name") or "password",
            _label(tree.body, users[0]),
            _label(tree.body, secrets[0]),
            _button(form),
            tuple(filter(None, hidden)),
        )
    return None


def _label(body: "LexborNode | None", node: "LexborNode") -> str:
    """Return what a person, or a screen reader, calls a field."""
    name, place = node.attributes.get("id") or "", ""
    if body is not None and name and re.fullmatch(r"[\w-]+", name):
        label = body.css_first(f'label[for="{name}"]')
        place = _words(label)
    said = place or node.attributes.get("aria-label") or node.attributes.get("placeholder") or ""
    return " ".join(said.split()).rstrip(":* ")


def _button(form: "LexborNode") -> str:
    button = form.css_first(_BUTTONS)
    if button is None:
        return ""
    return _words(button) or (button.attributes.get("value") or "")


def _words(node: "LexborNode | None") -> str:
    return " ".join(node.text(separator=" ").split()) if node is not None else ""
