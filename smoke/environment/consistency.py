"""The rules of an environment file that no single part of it can tell."""

from collections.abc import Callable, Iterable, Iterator
from urllib.parse import urlsplit

from smoke.environment._canary_rules import canary_rules
from smoke.environment._monitoring_rules import monitoring_rules
from smoke.environment._notify_rules import notify_rules
from smoke.environment._references import dangling
from smoke.environment._rollback_rules import rollback_rules
from smoke.environment._validation import Problem
from smoke.environment._wording import unknown
from smoke.environment.addresses import is_loopback
from smoke.environment.environment import Environment
from smoke.environment.journeys import Journey
from smoke.environment.writes import Write
from smoke.verdict.tally import samples_needed
from smoke.verdict.words import Tier

Rule = Callable[[Environment], Iterator[Problem]]


def contradictions(environment: Environment) -> Iterator[Problem]:
    """Yield everything in *environment* that contradicts something else in it."""
    for rule in (
        dangling,
        _times,
        _samples,
        _bursts,
        _plain_http,
        _own_controls,
        _strangers,
        _job_writes,
        _roundtrip_writes,
        _handoff_writes,
        _checkout_writes,
        _form_writes,
        canary_rules,
        monitoring_rules,
        rollback_rules,
        notify_rules,
    ):
        yield from rule(environment)


def _times(environment: Environment) -> Iterator[Problem]:
    converge, confirm, limits = environment.converge, environment.confirm, environment.limits
    budget = environment.budget_s
    if converge.within_s + confirm.pause_s >= budget:
        yield Problem(
            ("converge", "within_s"),
            f"found {converge.within_s:g}, which with confirm.pause_s = {confirm.pause_s:g} leaves nothing of "
            f"budget_s = {budget:g} for the checks; lower it or raise the budget",
        )
    soak = environment.soak.lasts_s
    if soak and converge.within_s + soak + confirm.pause_s >= budget:
        yield Problem(
            ("soak", "lasts_s"),
            f"found {soak:g}, which with converge.within_s = {converge.within_s:g} does not fit into "
            f"budget_s = {budget:g}; lower it or raise the budget",
        )
    for place, inner, name, outer in (
        (("converge", "stuck_after_s"), converge.stuck_after_s, "converge.within_s", converge.within_s),
        (("converge", "every_s"), converge.every_s, "converge.stuck_after_s", converge.stuck_after_s),
        (("limits", "connect_timeout_s"), limits.connect_timeout_s, "limits.timeout_s", limits.timeout_s),
        (("limits", "timeout_s"), limits.timeout_s, "budget_s", budget),
    ):
        if inner > outer:
            yield Problem(place, f"found {inner:g}, but it may be at most {name} = {outer:g}; lower it or raise {name}")


def _samples(environment: Environment) -> Iterator[Problem]:
    for name, service in environment.services.items():
        needed = samples_needed(service.share)
        lasts = needed / environment.limits.requests_per_s
        if lasts >= environment.budget_s:
            yield Problem(
                ("services", name, "replicas" if service.min_share is None else "min_share"),
                f"a share of {service.share:.2g} needs {needed} requests, which take {lasts:.0f} s at "
                f"limits.requests_per_s = {environment.limits.requests_per_s:g}, but budget_s is "
                f"{environment.budget_s:g}; raise one of them or the share",
            )


def _bursts(environment: Environment) -> Iterator[Problem]:
    limits = environment.limits
    most = int(min(limits.concurrency, limits.requests_per_s))
    for index, one in enumerate(environment.reads):
        if one.burst is not None and one.burst > most:
            yield Problem(
                ("reads", index, "burst"),
                f"found {one.burst}, but limits.concurrency = {limits.concurrency} and limits.requests_per_s = "
                f"{limits.requests_per_s:g} let at most {most} requests begin at once; lower it or raise them",
            )


def _plain_http(environment: Environment) -> Iterator[Problem]:
    if environment.tier is not Tier.PROD:
        return
    salesforce, whmcs = environment.dependencies.salesforce, environment.dependencies.whmcs
    urls: dict[tuple[str, ...], str] = {
        ("services", name, "url"): service.url for name, service in environment.services.items()
    }
    if salesforce and salesforce.direct and salesforce.direct.url:
        urls["dependencies", "salesforce", "direct", "url"] = salesforce.direct.url
    if whmcs and whmcs.direct:
        urls["dependencies", "whmcs", "direct", "url"] = whmcs.direct.url
    for name, platform in environment.platforms.items():
        part = getattr(platform, platform.kind)
        key = "api" if platform.kind == "kubernetes" else "url"
        if address := getattr(part, key, None):
            urls["platforms", name, platform.kind, key] = address
    for place, url in urls.items():
        if url.lower().startswith("http:") and not is_loopback(url):
            yield Problem(
                place, f"found {url!r}, but logins must not cross a network in clear text in tier prod; use https"
            )


def _own_controls(environment: Environment) -> Iterator[Problem]:
    own = {_host(service.url): name for name, service in environment.services.items()}
    witnesses = (
        (("control",), environment.control, "the runner's network"),
        (("edge", "canary"), environment.edge.canary, "the provider of the edge"),
    )
    for place, urls, what in witnesses:
        for index, url in enumerate(urls):
            if service := own.get(_host(url)):
                yield Problem(
                    (*place, index),
                    f"found {url!r}, the host of service {service!r}, which tells nothing about {what}; "
                    "name an unrelated host",
                )


def _strangers(environment: Environment) -> Iterator[Problem]:
    for name, service in environment.services.items():
        cors = service.cors
        own = {_host(one) for one in (environment.services[cors.service].url, *cors.origins)} if cors else set()
        for index, origin in enumerate(cors.refused if cors else ()):
            if _host(origin) in own:
                yield Problem(
                    ("services", name, "cors", "refused", index),
                    f"found {origin!r}, whose pages call this service; name the origin of a stranger",
                )


def _job_writes(environment: Environment) -> Iterator[Problem]:
    for name, queue in environment.queues.items():
        job = queue.job
        if job is None:
            continue
        calls = (("path", "POST", job.path), ("cleanup_path", "DELETE", job.cleanup_path))
        yield from _forbidden(environment, ("queues", name, "job"), job.service, calls, "job")


def _roundtrip_writes(environment: Environment) -> Iterator[Problem]:
    for index, roundtrip in enumerate(environment.roundtrips):
        calls = (("path", "POST", roundtrip.path), ("cleanup_path", "DELETE", roundtrip.cleanup_path))
        yield from _forbidden(environment, ("roundtrips", index), roundtrip.service, calls, "roundtrip")


def _handoff_writes(environment: Environment) -> Iterator[Problem]:
    for index, one in enumerate(environment.handoffs):
        calls = (("path", "POST", one.path), ("cleanup_path", one.cleanup_method, one.cleanup_path))
        yield from _forbidden(environment, ("handoffs", index), one.service, calls, "handoff")


def _checkout_writes(environment: Environment) -> Iterator[Problem]:
    for index, journey in enumerate(environment.journeys):
        if journey.flow != "checkout":
            continue
        missing = [method for method in ("POST", "DELETE") if not _allows_below(environment.writes, journey, method)]
        if missing:
            yield Problem(
                ("journeys", index),
                f"the flow 'checkout' makes and removes a draft, but no entry of 'writes' allows "
                f"{' and '.join(missing)} below {journey.path}; add [[writes]] with such a path, or remove the journey",
            )


def _form_writes(environment: Environment) -> Iterator[Problem]:
    writes = {write.name: write for write in environment.writes}
    for index, journey in enumerate(environment.journeys):
        if journey.form is None:
            continue
        write = writes.get(journey.form.write)
        if write is None:
            remedy = "add it to [[writes]] with the service, method and path that the form posts to"
            yield Problem(("journeys", index, "form", "write"), unknown(journey.form.write, writes, "write", remedy))
        elif journey.form.cleanup_path and not write.covers("DELETE", journey.form.cleanup_path.replace("{id}", "1")):
            yield Problem(
                ("journeys", index, "form", "cleanup_path"),
                f"DELETE {journey.form.cleanup_path} is not covered by the write {write.name!r}; "
                "add the method, and a path that covers both",
            )


def _forbidden(
    environment: Environment,
    place: tuple[str | int, ...],
    service: str,
    calls: Iterable[tuple[str, str, str | None]],
    what: str,
) -> Iterator[Problem]:
    """Yield those of *calls* (key, method, path) of the entry at *place* that `writes` does not allow."""
    for key, method, path in calls:
        if path is None or _allowed(environment, service, method, path.replace("{id}", "1")):
            continue
        yield Problem(
            (*place, key),
            f"{method} {path} on service {service!r} is a write that no entry of 'writes' allows; "
            f"add [[writes]] with this service, method and path, or remove the {what}",
        )


def _allowed(environment: Environment, service: str, method: str, path: str) -> bool:
    return any(write.service == service and write.covers(method, path) for write in environment.writes)


def _allows_below(writes: tuple[Write, ...], journey: Journey, method: str) -> bool:
    """Tell whether a write is allowed below the page's path, which the API may have under a path of its own."""
    return any(method in write.methods and journey.path in write.path for write in writes)


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").rstrip(".")
