"""What pages say when they have failed although they were served with 200: pure, shared by HTTP checks and journeys."""

ERROR_PHRASES = (
    "application error",
    "something went wrong",
    "internal server error",
    "bad gateway",
    "gateway time-out",
    "gateway timeout",
    "we'll be back soon",
    "we will be back soon",
    "a client-side exception has occurred",
    "no healthy upstream",
    "application failed to respond",
)
"""What only broken pages say, wherever a person can see it; lower case with straight apostrophes."""

SHORT_PAGE_PHRASES = (
    "an error occurred",
    "an unexpected error",
    "service unavailable",
    "temporarily unavailable",
    "be right back",
    "under maintenance",
    "down for maintenance",
    "scheduled maintenance",
    "maintenance mode",
    "page could not be found",
    "not found",
    "cannot get /",
    "welcome to nginx",
    "default backend",
)
"""What a whole page may say, for instance in a notice; it counts in a title, a first heading or a page of few words."""

MAINTENANCE_PHRASES = (
    "we'll be back soon",
    "we will be back soon",
    "be right back",
    "under maintenance",
    "down for maintenance",
    "scheduled maintenance",
    "maintenance mode",
)
"""Those of them that say that a site was closed on purpose."""

_FEW_WORDS = 300


def error_anywhere(text: str) -> str | None:
    """Return the first phrase in *text* that only broken pages say, or None."""
    plain = _plain(text)
    return next((one for one in ERROR_PHRASES if one in plain), None)


def error_page(text: str, prominent: str = "") -> str | None:
    """
    Return the phrase with which a page admits that it is an error or a maintenance page, or None.

    *text* is what a person can see of it, *prominent* its title and first heading.
    """
    phrase = error_anywhere(f"{prominent} {text}")
    if phrase is not None:
        return phrase
    said = _plain(f"{prominent} {text}" if len(text) <= _FEW_WORDS else prominent)
    return next((one for one in SHORT_PAGE_PHRASES if one in said), None)


def maintenance_page(text: str, prominent: str = "") -> str | None:
    """Return the phrase with which a short page, or its title or heading, says that the site is closed, or None."""
    said = _plain(f"{prominent} {text}" if len(text) <= _FEW_WORDS else prominent)
    return next((one for one in MAINTENANCE_PHRASES if one in said), None)


def is_announcement(phrase: str, prominent: str) -> bool:
    """Tell whether *phrase* may announce a maintenance to come: neither title nor first heading says it."""
    return phrase in MAINTENANCE_PHRASES and phrase not in ERROR_PHRASES and phrase not in _plain(prominent)


def _plain(text: str) -> str:
    return " ".join(text.lower().replace("\u2019", "'").split())
