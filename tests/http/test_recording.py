"""Tests of records and reproduce commands: complete enough to act on, and without a secret."""

import json
import subprocess

import pytest

from smoke.http import Exchange, Failure, FailureKind, Request
from smoke.http.recording import EXCERPT_CHARACTERS, curl, to_record

URL = "https://portal.example.jp/api/invoices"
SECRET = "hunter2-hunter2"


def redact(text: str) -> str:
    """Hide the one known secret."""
    return text.replace(SECRET, "[redacted]")


def test_record() -> None:
    """A record tells what was asked and what came."""
    request = Request("POST", URL, headers={"Accept": "a/b"}, json={"kind": "smoke"}, write="w")
    exchange = Exchange(
        request,
        at=1.5,
        duration_s=0.123456,
        status=201,
        header_list=(("content-type", "application/json"),),
        body=b'{"id": 1}',
        final_url=URL,
        redirects=("https://a.example/",),
        local=True,
    )
    assert to_record(exchange, redact) == {
        "at": 1.5,
        "duration_s": 0.1235,
        "method": "POST",
        "url": URL,
        "request_headers": [["Accept", "a/b"]],
        "request_body": '{"kind":"smoke"}',
        "status": 201,
        "headers": [["content-type", "application/json"]],
        "body": '{"id": 1}',
        "body_bytes": 9,
        "truncated": False,
        "failure": None,
        "failure_kind": None,
        "final_url": URL,
        "redirects": ["https://a.example/"],
        "local": True,
    }


def everywhere(*, secret_body: bool) -> Exchange:
    """Return an exchange that carries the secret in every place."""
    headers = dict.fromkeys(("Authorization", "cookie", "X-API-Key", "Proxy-Authorization", "X-Plain"), SECRET)
    url = f"https://user:{SECRET}@portal.example.jp/a?token={SECRET}&plain={SECRET}"
    request = Request("POST", url, headers, json={"password": SECRET, "a": [{"b": SECRET}]}, secret_body=secret_body)
    return Exchange(
        request,
        0.0,
        0.0,
        status=200,
        header_list=(("set-cookie", f"session={SECRET}"), ("x-plain", SECRET)),
        body=f'{{"token": "{SECRET}"}}'.encode(),
        failure=Failure(FailureKind.RESET, f"lost {SECRET}"),
        final_url=url,
        redirects=(url,),
    )


@pytest.mark.parametrize("secret_body", [True, False])
def test_record_keeps_secrets(secret_body: bool) -> None:
    """No secret reaches a record, by name or by value, and a record is plain JSON."""
    record = to_record(everywhere(secret_body=secret_body), redact)
    assert SECRET not in json.dumps(record)
    assert ["Authorization", "[hidden]"] in record["request_headers"]
    assert ["X-Plain", "[redacted]"] in record["request_headers"]
    assert ["set-cookie", "[hidden]"] in record["headers"]
    assert record["failure"] == "lost [redacted]"


def test_secret_bodies_are_left_out() -> None:
    """Bodies of a secret exchange are not shown at all, since nobody knows yet what in them is secret."""
    exchange = Exchange(Request("POST", URL, form={"user": "a"}, secret_body=True), 0.0, 0.0, body=b"fresh session")
    record = to_record(exchange, redact)
    assert (record["request_body"], record["body"]) == ("[hidden]", "[hidden]")


def test_form_fields() -> None:
    """Fields that are secret by name are hidden, others shown."""
    exchange = Exchange(Request("POST", URL, form={"user": "a b", "client_secret": "x", "code": "y"}), 0.0, 0.0)
    assert to_record(exchange, redact)["request_body"] == "user=a+b&client_secret=[hidden]&code=[hidden]"


@pytest.mark.parametrize("offset", range(EXCERPT_CHARACTERS - 20, EXCERPT_CHARACTERS + 5))
def test_excerpt_splits_no_secret(offset: int) -> None:
    """An excerpt never ends in a part of a secret."""
    body = ("x" * offset + SECRET + "y" * 9000).encode()
    shown = to_record(Exchange(Request("GET", URL), 0.0, 0.0, body=body), redact)["body"]
    assert len(shown) <= EXCERPT_CHARACTERS + 1
    assert "hunter" not in shown


def test_excerpt_of_shrinking_text() -> None:
    """A text that redaction shortens a lot shows no secret from behind the excerpt either."""
    body = (SECRET * 1000).encode()
    shown = to_record(Exchange(Request("GET", URL), 0.0, 0.0, body=body), lambda text: text.replace(SECRET, ""))["body"]
    assert "hunter" not in shown


def test_body_of_any_bytes() -> None:
    """A body that is no text is shown as far as it is one."""
    record = to_record(Exchange(Request("GET", URL), 0.0, 0.0, body=b"\xff\xfe\x00a"), redact)
    assert json.dumps(record)
    assert record["body_bytes"] == 4


def test_repr_shows_no_secret() -> None:
    """What a traceback or an assertion shows of an exchange holds neither headers nor bodies."""
    text = repr(Exchange(Request("POST", URL, {"Cookie": SECRET}, json=SECRET), 0.0, 0.0, body=SECRET.encode()))
    assert SECRET not in text


COMMON = ["-sS", "-i", "--compressed"]
JSON = ["-H", "Content-Type: application/json"]
COMMANDS = [
    (Request("GET", URL), [*COMMON, URL]),
    (Request("HEAD", URL), ["-sS", "-I", "--compressed", URL]),
    (Request("GET", URL, follow_redirects=True), [*COMMON, "-L", URL]),
    (Request("GET", f"{URL}?a=b%20c&d=$HOME"), [*COMMON, f"{URL}?a=b%20c&d=$HOME"]),
    (Request("GET", "https://me:hush@h/?a=b&token=hush&c=d"), [*COMMON, "https://h/?a=b&token=my TOKEN&c=d"]),
    (Request("GET", URL, {"Accept": "it's"}), [*COMMON, "-H", "Accept: it's", URL]),
    (Request("GET", URL, {"Cookie": "session=hush"}), [*COMMON, "-H", "Cookie: my COOKIE", URL]),
    (Request("GET", URL, {"X-Api-Key": "hush"}), [*COMMON, "-H", "X-Api-Key: my X_API_KEY", URL]),
    (Request("GET", URL, {"Authorization": "Bearer hush"}), [*COMMON, "-H", "Authorization: my AUTHORIZATION", URL]),
    (Request("DELETE", URL), [*COMMON, "-X", "DELETE", URL]),
    (
        Request("POST", URL, json={"a": "b'é", "password": "hush"}),
        [*COMMON, "-X", "POST", *JSON, "--data", '{"a":"b\'é","password":"my PASSWORD"}', URL],
    ),
    (
        Request("POST", URL, form={"user": "a&b", "password": "hush"}),
        [*COMMON, "-X", "POST", "--data-urlencode", "user=a&b", "--data-urlencode", "password=my PASSWORD", URL],
    ),
    (
        Request("POST", URL, json={"a": "hush"}, secret_body=True),
        [*COMMON, "-X", "POST", *JSON, "--data", "my BODY", URL],
    ),
    (Request("PUT", URL, json=""), [*COMMON, "-X", "PUT", *JSON, "--data", '""', URL]),
]


@pytest.mark.parametrize(("asked", "words"), COMMANDS)
def test_curl(asked: Request, words: list[str]) -> None:
    """A shell reads the command as the request, with variables in place of secrets."""
    names = ("TOKEN", "COOKIE", "X_API_KEY", "AUTHORIZATION", "PASSWORD", "BODY")
    command = curl(asked)
    shell = subprocess.run(
        ["sh", "-c", f"curl() {{ printf '%s\\n' \"$@\"; }}; {command}"],
        env={name: f"my {name}" for name in names},
        capture_output=True,
        check=True,
    )
    assert shell.stdout.decode().splitlines() == words
    assert "hush" not in command


@pytest.mark.parametrize("secret_body", [True, False])
def test_curl_keeps_secrets(secret_body: bool) -> None:
    """What is secret by name is in no command."""
    request = everywhere(secret_body=secret_body).request
    command = curl(Request("POST", URL + f"?api_key={SECRET}", {"Authorization": SECRET}, json={"password": SECRET}))
    assert SECRET not in command
    assert f":{SECRET}@" not in curl(request)
