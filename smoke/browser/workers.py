"""
Service workers that pages register, seen from the page: whether they have begun their work, and whether one is at work.

That a registration was asked for can be told only from within: until the browser has fetched the worker's script it
knows of no registration, and who asks for one is told that there is none. Some pages ask seconds after everything
else; those whose code does not even name service workers need not be waited for.
"""

from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

_STATE = "__smokegateWorkers"

_LISTEN = f"""
(() => {{
    let workers;
    try {{ workers = navigator.serviceWorker; }} catch {{ return; }}  // a sandboxed frame may not even ask
    if (!workers || globalThis.{_STATE}) return;
    const state = {{controlled: Boolean(workers.controller), asked: []}};
    state.first = new Promise((done) => {{ state.begin = done; }});
    Object.defineProperty(globalThis, "{_STATE}", {{value: state}});
    const register = ServiceWorkerContainer.prototype.register;
    const begun = (registration) => {{
        const worker = registration.installing || registration.waiting || registration.active;
        const scope = () => registration.active && registration.scope;
        if (!worker || registration.active) return scope();
        return new Promise((done) => {{
            const look = () => (registration.active || worker.state === "redundant") && done(scope());
            worker.addEventListener("statechange", look);
            look();
        }});
    }};
    ServiceWorkerContainer.prototype.register = function (...given) {{
        const asked = register.apply(this, given);
        state.asked.push(asked.then(begun).catch(() => null));
        state.begin();
        return asked;
    }};
}})();
"""

_BEGUN = f"""async ([most, late]) => {{
    const state = globalThis.{_STATE};
    if (!state) return [];
    const after = (time) => new Promise((done) => setTimeout(done, time, null));
    const text = (script) => script.src
        ? fetch(script.src, {{cache: "force-cache"}}).then((answer) => answer.text()).catch(() => "")
        : script.text;
    const named = async () =>
        (await Promise.all([...document.scripts].map(text))).some((one) => one.includes("serviceWorker"));
    const all = async () => {{
        if (late && !state.asked.length && await named()) await Promise.race([state.first, after(late)]);
        return (await Promise.all(state.asked)).filter(Boolean);
    }};
    return Promise.race([all(), after(most)]);
}}"""


def listen(context: "BrowserContext") -> None:
    """Take note, in every page of *context* from now on, of the workers that it registers."""
    context.add_init_script(_LISTEN)


def begun(page: "Page", most_s: float, late_s: float = 0) -> Sequence[str] | None:
    """
    Wait until every worker that the page has asked for is active, or given up.

    A page that has asked for none although its code names service workers is given *late_s* to ask. Returns the URLs in
    which the active ones answer; None when that took longer than *most_s*, or when the page went elsewhere meanwhile.
    """
    from playwright.sync_api import Error  # imported by the time there is a page

    scopes: list[str] | None = None
    with suppress(Error):
        scopes = page.evaluate(_BEGUN, [most_s * 1000, late_s * 1000])
    return scopes


def was_controlled(page: "Page") -> bool | None:
    """Tell whether a worker was at work when the page was opened; None when the page goes elsewhere meanwhile."""
    from playwright.sync_api import Error  # imported by the time there is a page

    try:
        return bool(page.evaluate(f"() => globalThis.{_STATE}?.controlled"))
    except Error:
        return None


def is_controlled(page: "Page") -> bool:
    """Tell whether a worker is at work on the page."""
    return bool(page.evaluate("() => Boolean(navigator.serviceWorker?.controller)"))
