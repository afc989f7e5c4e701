"""The BFF as an application: its routes, its guard against other origins, its errors."""

from collections.abc import Iterator, Sequence

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from smoke.demo.bff import (
    account,
    auth,
    exports,
    features,
    health,
    mobile,
    notes,
    orders,
    partners,
    payments,
    pricing,
    profile,
    reports,
    schedule,
    staff,
)
from smoke.demo.bff.context import Context
from smoke.demo.bff.cors import PagesMayCall
from smoke.demo.bff.errors import on_http_exception
from smoke.demo.bff.guarding import Unguessed
from smoke.demo.bff.privacy import Private
from smoke.demo.bff.whole_answers import CutShort, Memoised, SaidOtherwise
from smoke.demo.release import Bug
from smoke.demo.warmth import Enduring, Replica

ROUTES = [
    Route("/health", health.health),
    Route("/health/ready", health.ready),
    Route("/health/queues", health.queues),
    Route("/auth/health-check", health.dependencies),
    Route("/auth/login", auth.login, methods=["POST"]),
    Route("/auth/logout", auth.logout, methods=["POST"]),
    Route("/auth/me", auth.me),
    Route("/admin/customers", staff.customers),
    Route("/partner/orders", partners.orders),
    Route("/ops/schedule", schedule.runs),
    Route("/tenant", account.tenant),
    Route("/invoices", account.invoices),
    Route("/invoices/{number}", account.invoice),
    Route("/subscriptions", account.subscriptions),
    Route("/account/contact", account.contact),
    Route("/account/summary", account.summary),
    Route("/account/profile", profile.profile),
    Route("/account/usage", features.usage),
    Route("/flags", features.flags),
    Route("/reports", reports.reports),
    Route("/app-config", mobile.app_config),
    Route("/app/home", mobile.app_home),
    Route("/notes", notes.notes),
    Route("/notes", notes.create_note, methods=["POST"]),
    Route("/notes/{id:uuid}", notes.read_note),
    Route("/notes/{id:uuid}", notes.delete_note, methods=["DELETE"]),
    Route("/catalogue", orders.catalogue),
    Route("/checkout/quote", pricing.quote),
    Route("/checkout/drafts", orders.create_draft, methods=["POST"]),
    Route("/checkout/drafts/{id:uuid}", orders.read_draft),
    Route("/checkout/drafts/{id:uuid}", orders.delete_draft, methods=["DELETE"]),
    Route("/checkout/config", payments.config),
    Route("/checkout/sessions", payments.open_session, methods=["POST"]),
    Route("/checkout/sessions/{id}", payments.expire_session, methods=["DELETE"]),
    Route("/checkout/orders", orders.place_order, methods=["POST"]),
    Route("/exports", exports.create_export, methods=["POST"]),
    Route("/exports/{id:uuid}", exports.read_export),
    Route("/exports/{id:uuid}", exports.delete_export, methods=["DELETE"]),
]


def bff(context: Context, first: Sequence[BaseRoute] = ()) -> ASGIApp:
    """Return the application of one replica; *first* are routes that go before its own."""
    settings, bugs = context.settings, context.image.bugs
    pages = Middleware(PagesMayCall, settings=settings)
    shared = Bug.SHARES_THE_ACCOUNT in bugs
    app = Starlette(
        routes=[*first, *ROUTES],
        middleware=[pages, Middleware(Private, shared=shared), Middleware(Unguessed), *_careless(context)],
        exception_handlers={HTTPException: on_http_exception},
    )
    app.state.context = context
    enduring = Enduring(app, context.memory, context.image.endurance.slow_routes)
    return Replica(enduring, context.name, settings.slow_first_s, each_route=settings.slow_each_route)


def _careless(context: Context) -> Iterator[Middleware]:
    """Yield what this build or this replica does to whole answers."""
    if context.settings.most_bytes is not None:
        yield Middleware(CutShort, most=context.settings.most_bytes)
    if Bug.ANSWERS_OTHERWISE in context.image.bugs:
        yield Middleware(SaidOtherwise)
    if Bug.MEMOISES_THE_ACCOUNT in context.image.bugs:
        yield Middleware(Memoised, sessions=context.sessions)
