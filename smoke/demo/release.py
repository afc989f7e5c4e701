"""What is deployed: an image, built from a commit, and the settings it runs with."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from hashlib import sha1
from random import Random
from typing import TYPE_CHECKING

from smoke.demo.endurance import Endurance, Pooling
from smoke.demo.quirks import Quirk

if TYPE_CHECKING:
    from smoke.demo.migrate import Migration

SERVICES = ("bff", "web", "worker")

USAGE = "usage-report"
"""The flag of the feature that the new release brings."""


class Bug(Enum):
    """What a build can have got wrong, where yes or no is all there is to say; the value says how it shows."""

    STORES_NO_COOKIE = "logins answer without Set-Cookie, as a secure cookie behind an untrusted proxy does"
    THROWS_AT_START = "the entry script reads a property of nothing"
    NO_STATIC_FILES = "the image lacks the directory of scripts and style sheets"
    FALLS_BACK_TO_THE_SHELL = "every address of a script or style sheet answers with the shell of the pages"
    PUBLISHES_MAPS = "the source maps of the scripts are published, sources included"
    SHARES_THE_ACCOUNT = "the account says that shared caches may keep it"
    DEAF = "workers run without taking jobs"
    RUNS_EVERY_TICK_EVERYWHERE = "no replica asks whether another has carried out a scheduled tick already"
    FORGETS_ROLES = "whoever is logged in may see what only staff may see"
    FORGETS_OWNERS = "whoever is logged in may see any invoice whose number is known"
    SHOWS_TRACES = "errors carry the stack trace, as in development"
    FORGETS_OLD_KEYS = "of the partners' API keys only the newest is accepted"
    HEALTH_IS_A_CONSTANT = "the status of health is 200 and ok, whatever its parts say"
    HEALTH_ASKS_NOBODY = "health says that its parts are up without asking them"
    TOTALS_OFF_BY_TEN = "the decimal point of totals slips by one place"
    SELLS_FOR_NOTHING = "the price of every piece is zero"
    ROUNDS_DOWN = "taxes are cut to whole cents, not rounded"
    APP_LOSES_A_FIELD = "installed apps miss the amounts of invoices"
    APP_NUMBER_BECOMES_TEXT = "installed apps get the customer's number as a text"
    EXPECTS_ANOTHER_CACHED_SHAPE = "what the previous build left in the cache cannot be read"
    REPORTS_DIVIDE_BY_ZERO = "the reports answer 500"
    ASKS_CONSENT = "a banner that asks new visitors for consent covers the whole page"
    LABELS_OTHERWISE = "an experiment gives every button another label"
    ASKS_THIRD_PARTY = "every page loads the script of a third party"
    MEMOISES_THE_ACCOUNT = "each process keeps what it read of an account, and gives it to whoever asks next"
    ANSWERS_OTHERWISE = "answers have one more field, and their fields in another order"
    KEYS_DIFFER = "each replica has a key of its own for what forms post"


class ShellWorker(Enum):
    """The service worker that the pages register; the value says what it does when a page is opened."""

    PINS = "answers with the shell that it kept once, for good"
    REVALIDATES = "answers with the shell that it kept, and keeps a new one for the next time"
    REFRESHES = "asks the server, and answers with the shell that it kept when there is no network"


@dataclass(frozen=True, slots=True)
class Image:
    """
    One build of the portal. The fields after *migrations* are what a build can have got wrong.

    *open_routes* lack the login guard; *broken_pages* answer an error text with status 200; *missing_chunks* were
    left out of the build; *api_address* was baked into the pages in place of the configured one; *worker* is
    registered by the pages; *bugs* are all that needs no parameter. With *admits_missing* a file that does not exist
    answers 404, without it the shell of a page: a matter of design. *endurance* is what shows only in time or under
    load.
    """

    commit: str
    version: str
    migrations: tuple["Migration", ...] = ()
    asks_due_date: bool = True
    starts: bool = True
    open_routes: frozenset[str] = frozenset()
    missing_chunks: frozenset[str] = frozenset()
    broken_pages: frozenset[str] = frozenset()
    api_address: str | None = None
    worker: ShellWorker | None = None
    bugs: frozenset[Bug] = frozenset()
    admits_missing: bool = False
    endurance: Endurance = field(default_factory=Endurance)

    def having(self, *bugs: Bug) -> "Image":
        """Return the same build with *bugs* besides those that it has."""
        return replace(self, bugs=self.bugs | set(bugs))


@dataclass(frozen=True, slots=True)
class Cors:
    """What the API lets pages of other origins do; *origins* None stands for the portal's own pages."""

    origins: tuple[str, ...] | None = None
    any_origin: bool = False
    headers: tuple[str, ...] = ("*",)
    methods: tuple[str, ...] = ("GET", "POST", "DELETE")
    credentials: bool = True


@dataclass(frozen=True, slots=True)
class Credential:
    """An identifier with its secret."""

    identifier: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class LoginLimit:
    """
    How many attempts to log in are taken in a window, counted for each client address or for each account.

    Behind a proxy that is not trusted (*trusts_proxy*), every client has the address of the proxy.
    """

    most: int = 30
    window_s: float = 3.0
    by_account: bool = False
    trusts_proxy: bool = True


@dataclass(frozen=True, slots=True)
class Settings:
    """
    The environment that a replica runs in.

    *slow_first_s* is how long its first answers take, *tick_s* the period of its schedule. *payment* are the
    publishable and the secret key at the payment provider; of *api_keys*, the partners' keys, the newest comes last.
    *read_only* lets it write nothing; its reads lag *read_lag_s* behind its writes. *flags* are the shares of sessions
    that see a feature, None where somebody left the value empty. *app_minimum* and *app_latest* are what it tells apps.
    Of its answers no more than *most_bytes* get through; with *trusts_no_script* its pages forbid all scripts.
    With *pages_send_key* the pages send the newest of the keys along, as every client has to.
    *title* is what the pages call themselves; *quirks* are heeded where it speaks another system's dialect.
    """

    database: str
    valkey: str
    session_secret: str | None = field(repr=False)
    salesforce: Credential
    whmcs: Credential
    web_origin: str
    api_origin: str
    slow_first_s: float = 0.0
    slow_each_route: bool = False
    cors: Cors = Cors()
    payment: Credential = Credential("pk_live_none", "sk_live_none")
    api_keys: tuple[str, ...] = field(default=(), repr=False)
    pages_send_key: bool = False
    login_limit: LoginLimit = LoginLimit()
    tick_s: float = 3.0
    read_only: bool = False
    read_lag_s: float = 0.0
    flags: Mapping[str, float | None] = field(default_factory=dict)
    app_minimum: str = "3.8.0"
    app_latest: str = "4.2.0"
    most_bytes: int | None = None
    trusts_no_script: bool = False
    pooling: Pooling = field(default_factory=Pooling)
    title: str = "Customer Portal"
    quirks: frozenset[Quirk] = frozenset()

    def without_secret(self) -> "Settings":
        """Return the same settings with the session secret forgotten."""
        return replace(self, session_secret=None)


def commit_of(rng: Random) -> str:
    """Return a commit of 40 hexadecimal digits."""
    return sha1(rng.randbytes(20), usedforsecurity=False).hexdigest()
