"""The login form is read as a person sees it."""

import tomllib

import pytest

from smoke.discovery.draft import Draft
from smoke.discovery.login_form import found_form
from smoke.discovery.login_tables import login_tables
from tests.discovery.sites import html, json_answer, site_of

DJANGO = """<form method="post"><input type="hidden" name="csrfmiddlewaretoken" value="x">
<label for="id_username">Username:</label><input type="text" name="username" id="id_username">
<label for="id_password">Password:</label><input type="password" name="password" id="id_password">
<input type="submit" value="Log in"></form>"""

REGISTER = '<form><input name="mail"><input type="password" name="a"><input type="password" name="b"></form>'


def test_fields_labels_and_what_hides() -> None:
    """Field names, labels, the button and hidden fields are found; the action defaults to the page."""
    form = found_form(site_of({"/admin/login/": html(DJANGO)}))
    assert form is not None
    assert (form.page, form.action) == ("/admin/login/", "/admin/login/")
    assert (form.user_field, form.password_field) == ("username", "password")
    assert (form.user_label, form.password_label, form.button) == ("Username", "Password", "Log in")
    assert form.hidden == ("csrfmiddlewaretoken",)


def test_a_form_on_a_linked_page() -> None:
    """A login page is found by the link to it, and a form by where it posts to."""
    fields = '<input name="e" type="email" placeholder="Mail"><input name="p" type="password">'
    body = f'<form action="/session">{fields}</form>'
    form = found_form(site_of({"/": html('<a href="/enter/sign-in">in</a>'), "/enter/sign-in": html(body)}))
    assert form is not None
    assert (form.page, form.action, form.user_label, form.button) == ("/enter/sign-in", "/session", "Mail", "")


@pytest.mark.parametrize("body", [REGISTER, '<form><input name="q"></form>', '<input type="password">', ""])
def test_what_is_no_login(body: str) -> None:
    """A registration, a search, a field alone: no login form."""
    assert found_form(site_of({"/login": html(body)})) is None


def test_no_page_no_form() -> None:
    """JSON and missing pages have none."""
    assert found_form(site_of({"/login": json_answer({"password": ""}), "/": html("x", 404)})) is None


def test_tables_are_off_and_hold_no_secret() -> None:
    """What needs a person to decide is commented out, secrets are references, and hidden fields need the page."""
    form = found_form(site_of({"/admin/login/": html(DJANGO)}))
    assert form is not None
    tables = list(login_tables({"web": form}, "/admin/"))
    assert all(one.off for one in tables)
    text = Draft("", tables).text()
    for said in ('page = "/admin/login/"', 'user = { env = "SMOKE_USER" }', 'who = "/admin/"', 'submit = "Log in"'):
        assert f"# {said}" in text


def test_without_a_form_the_usual_stands_to_be_corrected() -> None:
    """Where scripts make the form none is seen: what an API and a browser must be told is there as comments alone."""
    text = Draft("", list(login_tables({}))).text()

    assert tomllib.loads(text) == {}
    assert {"[login]", "[browser.login]", "[[journeys]]"} <= {line.removeprefix("# ") for line in text.splitlines()}
    assert '# token = "token"' in text
