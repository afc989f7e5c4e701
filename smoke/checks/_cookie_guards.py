"""
What guards a cookie against scripts, plain connections and other sites, and what of it was lost; pure.

Only what may be a secret is looked at: a language or a theme needs no guard. Nor do the cookies of balancers and
filters before the application belong to the release. They are known by their names, as nothing else tells them.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from smoke.checks._answers import clip
from smoke.checks._cookies import Cookie

SECURE, HTTP_ONLY = "Secure", "HttpOnly"
STRICT, LAX, NONE = "SameSite=Strict", "SameSite=Lax", "SameSite=None"

SECRET_LENGTH = 16
"""A shorter value is no secret: a session's has 64 bits at least, sixteen digits of a hexadecimal number."""

FOREIGN = (
    *(
        "awsalb",
        "awselb",
        "__cf",
        "_cfuvid",
        "cf_clearance",
        "arraffinity",
        "applicationgatewayaffinity",
        "gclb",
        "gcilb",
        "gaesa",
    ),
    *("bigipserver", "ts01", "f5_", "incap_ses_", "visid_incap_", "nlbi_", "reese84", "ak_bmsc", "bm_", "_abck"),
    *("datadome", "serverid", "ingresscookie", "x-oracle-bmc-lbs-route", "_vercel_", "fastly"),
)
"""How the names begin that balancers, filters and platforms give to cookies of their own, in lower case."""

READ_BY_SCRIPTS = ("csrf", "xsrf")
"""Names of tokens that a page's scripts are to send back, so that they must be able to read them."""

MOST_NAMES = 20

Guards = Mapping[str, Sequence[str]]
"""Names of cookies with what guards each."""


def guards_of(cookies: Iterable[Cookie]) -> dict[str, list[str]]:
    """Return what guards those of *cookies* that may be secrets of the application."""
    own = [one for one in cookies if len(one.value) >= SECRET_LENGTH and not one.name.lower().startswith(FOREIGN)]
    return {clip(one.name): list(_guards(one)) for one in own[:MOST_NAMES]}


def losses(then: Guards, now: Guards, *, encrypted: bool) -> dict[str, list[str]]:
    """Return what each cookie was guarded by before and is not any more; Secure counts where *encrypted* only."""
    found = {
        name: [one for one in _lost(then[name], now[name]) if _counts(one, name, encrypted=encrypted)]
        for name in now
        if name in then
    }
    return {name: lost for name, lost in found.items() if lost}


def vanished(then: Guards, now: Guards, *, encrypted: bool) -> list[str]:
    """
    Return what guarded a cookie that has another name now, and guards none of the new ones.

    Which of them holds the session nobody needs to know: whichever it is, it is not guarded.
    """
    gone, new = [then[name] for name in then if name not in now], [name for name in now if name not in then]
    kinds = [SECURE, HTTP_ONLY] if encrypted else [HTTP_ONLY]
    bare = [one for one in kinds if new and any(one in each for each in gone)]
    return [one for one in bare if not any(one in each for each in now.values())]


def relaxed(then: Guards, now: Guards) -> list[str]:
    """Return the cookies that other sites' links send along now: that alone opens nothing, and is often wanted."""
    return [name for name in now if STRICT in then.get(name, ()) and LAX in now[name]]


def _guards(cookie: Cookie) -> Iterator[str]:
    attributes = cookie.attributes
    if "secure" in attributes:
        yield SECURE
    if "httponly" in attributes:
        yield HTTP_ONLY
    same_site = f"SameSite={attributes.get('samesite', '').capitalize()}"
    if same_site in {STRICT, LAX, NONE}:
        yield same_site


def _lost(then: Collection[str], now: Collection[str]) -> Iterator[str]:
    yield from (one for one in (SECURE, HTTP_ONLY) if one in then and one not in now)
    # Without the attribute it depends on the browser whether requests of other sites carry the cookie.
    before = next((one for one in (STRICT, LAX) if one in then), None)
    if before and not {STRICT, LAX} & set(now):
        yield before
    elif NONE in now and not {STRICT, LAX, NONE} & set(then):
        yield "the browsers' own SameSite"


def _counts(lost: str, name: str, *, encrypted: bool) -> bool:
    if lost == HTTP_ONLY:
        return not any(one in name.lower() for one in READ_BY_SCRIPTS)
    return encrypted or lost != SECURE
