"""Where sites usually tell how they are: every path that `smoke init` asks for; each is a plain read."""

HEALTH = (
    *("/health/ready", "/readyz", "/actuator/health", "/health", "/api/health", "/healthz", "/api/healthz", "/_health"),
    *("/actuator/health/readiness", "/api/v1/health", "/healthcheck", "/health-check", "/hub/health", "/server/health"),
    *("/health/live", "/livez", "/-/ready", "/-/healthy", "/__heartbeat__", "/heartbeat", "/_stcore/health", "/hc"),
    *("/up", "/alive", "/status", "/api/status", "/ping", "/api/ping", "/-/ping", "/server/ping", "/misc/ping"),
)
"""Health endpoints, those that say most first."""

VERSION = (
    *("/version", "/api/version", "/version.json", "/api/v1/version", "/__version__", "/actuator/info", "/info"),
    *("/api/info", "/build.json", "/-/versions.json", "/hub/api", "/version.txt", "/commit.txt", "/revision.txt"),
)
"""Where builds name themselves."""

READS = ("/openapi.json", "/api/openapi.json", "/swagger.json", "/api", "/api/config", "/config.json")
"""JSON that is often public."""

LOGIN = (
    *("/login", "/signin", "/sign-in", "/auth/login", "/users/sign_in", "/accounts/login/", "/admin/login/"),
    *("/account/login", "/hub/login", "/user/login"),
)
"""Login pages."""

GUARDED = (
    *(
        "/admin",
        "/admin/",
        "/account",
        "/account/",
        "/dashboard",
        "/dashboard/",
        "/settings",
        "/profile",
        "/me",
        "/api/me",
        "/auth/me",
        "/api/user",
    ),
    *("/api/users", "/users/me", "/api/admin", "/hub/admin", "/hub/api/users"),
)
"""What should refuse who is not logged in."""

PRIVATE = ("/.env", "/.git/HEAD")
"""Files that must not be served."""

LOGIN_WORDS = ("login", "signin", "sign-in", "sign_in", "sso", "auth")
"""What the path of a login page contains."""

UNSAFE_WORDS = (
    *("logout", "log-out", "signout", "sign-out", "sign_out", "delete", "remove", "unsubscribe", "download", "export"),
    *("reset", "cancel", "confirm", "cart", "checkout", "buy", "vote", "trigger", "import", "sync", "webhook", "token"),
    *("callback", "revoke", "run", "send", "start", "stop", "restart", "shutdown", "purge", "clear", "refresh"),
)
"""Words in an address that may do something although it is only read: such a one is never asked for."""


def is_harmless(path: str) -> bool:
    """Tell whether nothing in *path* sounds as if reading it did something."""
    return not any(word in path.lower() for word in UNSAFE_WORDS)


def leads_to_login(path: str) -> bool:
    """Tell whether *path* sounds like that of a login page."""
    return any(word in path.lower() for word in LOGIN_WORDS)
