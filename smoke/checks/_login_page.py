"""Log in by the form of a page: what hides in it and the cookies that came with it are sent along."""

from dataclasses import replace
from http import HTTPStatus
from urllib.parse import urlsplit

from smoke.checks._answers import split
from smoke.checks._browserlike import PAGE
from smoke.checks._cookies import cookies_of, header
from smoke.checks._world import Http
from smoke.environment.promises import Login
from smoke.errors import LoginRefused
from smoke.http import Exchange, Request

BACK = "back to the login page"

_REDIRECTS = range(300, 400)


async def send_by_page(http: Http, base: str, login: Login, role: str, request: Request) -> Exchange:
    """
    Return the answer to *request*, the login of *role*, as the form on the login page would have sent it.

    The answer also sets the cookies that the page has set, as some sites go on with those. Where the page answers with
    an error that is the answer. Raises LoginRefused when there is no such form.
    """
    page = await http.send(Request("GET", f"{base}{login.page}", headers=PAGE, secret_body=True, urgent=request.urgent))
    if page.failure is not None or page.is_error:
        return page
    hidden = hidden_fields(page.text(), login.password_field) if page.status == HTTPStatus.OK else None
    if hidden is None:
        raise _without_form(login, role, page)
    url = page.request.url
    cookies = header(cookies_of(page), url, page.at)
    proof = {"Referer": url, "Origin": "{0.scheme}://{0.netloc}".format(urlsplit(url)), "Accept": PAGE["accept"]}
    headers = {**request.headers, **proof, **({"Cookie": cookies} if cookies else {})}
    answer = await http.send(replace(request, headers=headers, form={**hidden, **(request.form or {})}))
    kept = tuple(pair for pair in page.header_list if pair[0] == "set-cookie")
    return replace(answer, header_list=(*kept, *answer.header_list))


def hidden_fields(html: str, password_field: str) -> dict[str, str] | None:
    """Return what hides in the form that asks for *password_field*, None if there is no such form; pure."""
    from smoke.checks._html import parse  # the HTML parser takes time to load

    for form in parse(html).css("form"):
        fields = [(node.attributes.get("name") or "", node) for node in form.css("input")]
        if any(name == password_field for name, _ in fields):
            hidden = [(name, node) for name, node in fields if (node.attributes.get("type") or "").lower() == "hidden"]
            return {name: node.attributes.get("value") or "" for name, node in hidden if name}
    return None


def is_sent_back(login: Login, exchange: Exchange) -> bool:
    """Tell whether an answer leads back to the login page, which is how many sites refuse; pure."""
    if login.page is None or exchange.status not in _REDIRECTS:
        return False
    path: str = split(exchange.headers.get("location", "")).path
    return path.rstrip("/").endswith(login.page.rstrip("/"))


def _without_form(login: Login, role: str, page: Exchange) -> LoginRefused:
    said = (
        f"the login page {login.page} answers {page.outline()}, but with no form that asks for {login.password_field}"
    )
    facts = {"role": role, "refused": False, "answered": True, "failure_kinds": [], "local": page.local}
    return LoginRefused(said, status=page.status, facts={**facts, "signature": "no login form"})
