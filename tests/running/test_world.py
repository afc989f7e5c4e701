"""Every role is logged in once."""

from collections.abc import Awaitable, Callable

import anyio
import pytest

from smoke.checks._world import Session
from smoke.errors import LoginRefused, SecretMissing, SmokeError
from smoke.running.world import Sessions


class FakeLogin:
    """Logs in after a moment, or raises what it is told; *attempts* lists the roles that tried."""

    def __init__(self, *errors: Exception | None, takes_s: float = 0.01) -> None:
        self.attempts: list[str] = []
        self._errors = list(errors)
        self._takes_s = takes_s

    async def __call__(self, role: str) -> Session:
        """Try once."""
        self.attempts.append(role)
        await anyio.sleep(self._takes_s)
        error = self._errors.pop(0) if self._errors else None
        if error is not None:
            raise error
        return Session(role, {"Cookie": f"sid={role}-{len(self.attempts)}"})


async def together(sessions: Sessions, *roles: str) -> list[Session | Exception]:
    """Return what each of the roles gets, asked for at the same time."""
    results: list[Session | Exception] = []

    async def ask(role: str) -> None:
        try:
            results.append(await sessions.of(role))
        except (SmokeError, RuntimeError) as error:
            results.append(error)

    async with anyio.create_task_group() as group:
        for role in roles:
            group.start_soon(ask, role)
    return results


def run(function: Callable[[], Awaitable[None]]) -> None:
    """Run an asynchronous test."""
    anyio.run(function)


def test_once_for_many_checks() -> None:
    """However many checks need a role at the same moment, it logs in once."""

    async def test() -> None:
        login = FakeLogin()
        results = await together(Sessions(login), *["customer"] * 20)
        assert login.attempts == ["customer"]
        assert results == [Session("customer", {"Cookie": "sid=customer-1"})] * 20

    run(test)


def test_roles_do_not_wait_for_each_other() -> None:
    """Two roles log in at the same time, each into a session of its own."""

    async def test() -> None:
        both = anyio.Event()

        async def login(role: str) -> Session:
            attempts.append(role)
            if len(attempts) == 2:
                both.set()
            await both.wait()
            return Session(role, {})

        attempts: list[str] = []
        with anyio.fail_after(10):
            results = await together(Sessions(login), "customer", "control")
        assert {one.role for one in results if isinstance(one, Session)} == {"customer", "control"}

    run(test)


@pytest.mark.parametrize("refusal", [LoginRefused("HTTP 401", status=401), SecretMissing("set PASSWORD")])
def test_a_refusal_is_remembered(refusal: SmokeError) -> None:
    """A refused account is not tried again, so that it is not locked; all who need it hear the same."""

    async def test() -> None:
        login = FakeLogin(refusal)
        sessions = Sessions(login)
        assert await together(sessions, "customer", "customer") == [refusal, refusal]
        with pytest.raises(type(refusal)) as raised:
            await sessions.of("customer")
        assert raised.value is refusal
        assert login.attempts == ["customer"]

    run(test)


def test_a_login_that_was_cut_off_is_made_anew() -> None:
    """A check whose time ended while it logged in takes nothing from the others."""

    async def test() -> None:
        login = FakeLogin(takes_s=0.1)
        sessions = Sessions(login)
        with anyio.move_on_after(0.02):
            await sessions.of("customer")
        assert (await sessions.of("customer")).headers == {"Cookie": "sid=customer-2"}

    run(test)


def test_headers() -> None:
    """Only roles that are logged in have headers, and nobody can change the session through them."""

    async def test() -> None:
        sessions = Sessions(FakeLogin(None, LoginRefused("HTTP 401")))
        await together(sessions, "customer")
        await together(sessions, "control")
        headers = sessions.headers()
        assert headers == {"customer": {"Cookie": "sid=customer-1"}}
        headers["customer"].clear()
        assert sessions.headers() == {"customer": {"Cookie": "sid=customer-1"}}

    run(test)


def test_a_session_shows_no_secret() -> None:
    """What is printed of a session names its role alone."""
    assert repr(Session("customer", {"Cookie": "sid=secret"})) == "Session('customer')"
