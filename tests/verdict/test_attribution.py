"""Whose doing a failure is."""

from dataclasses import replace
from typing import ClassVar

import pytest

from smoke.http import FailureKind
from smoke.verdict.attribution import attribute
from smoke.verdict.causes.runner import NEVER_REACHED
from smoke.verdict.finding import Finding
from smoke.verdict.plan import Before
from smoke.verdict.release import Maintenance, Release
from smoke.verdict.words import Cause, Outcome, Stage
from tests.verdict.made import (
    STARTED_AT,
    UNREACHED,
    before,
    control,
    direct,
    finding,
    passed,
    plan,
    planned,
)

PAGE = finding("page/home")
UNREACHED_PAGE = finding("page/home", facts=UNREACHED)


def cause_of(accused: Finding, *others: Finding, **given: object) -> tuple[Outcome, Cause | None]:
    """Return outcome and cause of *accused* after attribution."""
    all_of_them = (accused, *others)
    judged = attribute(plan(*all_of_them, **given), all_of_them)
    return judged[0].outcome, judged[0].cause


def test_release_without_evidence() -> None:
    """A failure that nothing explains is the release's."""
    assert cause_of(PAGE) == (Outcome.FAILED, Cause.RELEASE)


@pytest.mark.parametrize("outcome", ["passed", "undecided", "skipped"])
def test_only_failures_are_attributed(outcome: str) -> None:
    """What did not fail keeps the cause that its check gave."""
    assert cause_of(finding("page/home", outcome, cause="fixture", facts=UNREACHED), control(reachable=False)) == (
        outcome,
        Cause.FIXTURE,
    )


def test_kinds_are_the_http_modules() -> None:
    """The failures that may be our own network's are those that the HTTP module says come before any answer."""
    assert {kind.value for kind in FailureKind if kind.before_any_answer} == NEVER_REACHED


class TestDisproved:
    """An excuse counts only as long as the baseline does not disprove it."""

    UNTOLD = finding("converge/web", "undecided", cause="suite", facts={"untold": True}, found="no commit is named")
    SHUT = finding("converge/web", "undecided", cause="credentials", facts={"shut": True}, found="HTTP 403")

    WAIVED = finding("converge/web", "skipped", cause=None, facts={"untold": True, "waived": "untold"}, found="none")

    @pytest.mark.parametrize("excused", [UNTOLD, SHUT, WAIVED])
    def test_it_was_otherwise_before(self, excused: Finding) -> None:
        """A commit that was told before the deploy, or an address that was open, is the release's to keep."""
        assert cause_of(excused, before={"converge/web": before("passed")}) == (Outcome.FAILED, Cause.RELEASE)

    @pytest.mark.parametrize("excused", [UNTOLD, SHUT, WAIVED])
    @pytest.mark.parametrize("then", [{}, {"converge/web": before("undecided")}, {"converge/bff": before("passed")}])
    def test_nothing_is_known_of_before(self, excused: Finding, then: dict[str, Before]) -> None:
        """Without a baseline of the same check that passed, it may have been so ever since."""
        assert cause_of(excused, before=then) == (excused.outcome, excused.cause)

    def test_other_doubts_stay(self) -> None:
        """A foreign login wall, or a rollout in progress, is explained by no baseline."""
        wall = finding("converge/web", "undecided", cause="credentials", facts={"shut": False})
        assert cause_of(wall, before={"converge/web": before("passed")}) == (Outcome.UNDECIDED, Cause.CREDENTIALS)

    def test_a_declared_window_explains_it_still(self) -> None:
        """A maintenance page in its declared time is no failure, whatever was there before."""
        release = Release(maintenance=Maintenance(STARTED_AT - 60, STARTED_AT + 60))
        then = {"converge/web": before("passed")}
        assert cause_of(self.UNTOLD, before=then, release=release) == (Outcome.UNDECIDED, Cause.MAINTENANCE)

    def test_it_says_so(self) -> None:
        """The message says what came and what was there before, and gives no advice about the environment file."""
        (judged,) = attribute(plan(self.UNTOLD, before={"converge/web": before("passed")}), [self.UNTOLD])
        assert judged.message == "no commit is named; before the deploy it told its commit"


class TestRunner:
    """Our own network is at fault."""

    def test_control_fails_too(self) -> None:
        """If the control host is not reached either, it is the runner."""
        assert cause_of(UNREACHED_PAGE, control(reachable=False)) == (Outcome.UNDECIDED, Cause.RUNNER)

    def test_control_is_reached(self) -> None:
        """If the control host is reached, it is the release."""
        assert cause_of(UNREACHED_PAGE, control(reachable=True)) == (Outcome.FAILED, Cause.RELEASE)

    def test_one_of_two_controls_is_reached(self) -> None:
        """One control host that is reached proves that the network works."""
        other = finding("control/other", "passed", facts={"control": True, "reachable": True})
        assert cause_of(UNREACHED_PAGE, control(reachable=False), other)[1] is Cause.RELEASE

    def test_no_control_and_nothing_answered(self) -> None:
        """Without a control host silence of everything proves nothing."""
        assert cause_of(UNREACHED_PAGE) == (Outcome.UNDECIDED, Cause.RUNNER)

    @pytest.mark.parametrize(
        "witness", [passed("page/login", facts={"answered": True}), direct("whmcs", "up"), direct("whmcs", "refused")]
    )
    def test_no_control_but_something_answered(self, witness: Finding) -> None:
        """Anything that answered proves that the network works."""
        assert cause_of(UNREACHED_PAGE, witness)[1] is Cause.RELEASE

    def test_undecided_control_is_no_evidence(self) -> None:
        """A control check that broke says neither that the host is there nor that it is not."""
        broken = finding("control/status", "undecided", cause="suite", facts={"control": True})
        something = passed("page/login", facts={"answered": True})
        assert cause_of(UNREACHED_PAGE, broken, something)[1] is Cause.RELEASE
        assert cause_of(UNREACHED_PAGE, broken) == (Outcome.UNDECIDED, Cause.RUNNER)

    def test_local_target(self) -> None:
        """A connection refused on this very machine needs no network to be refused."""
        local = finding("page/home", facts={**UNREACHED, "local": True})
        assert cause_of(local)[1] is Cause.RELEASE

    @pytest.mark.parametrize("kind", ["timeout", "connection reset", "TLS", "not HTTP"])
    def test_reached_and_failed(self, kind: str) -> None:
        """A target that was reached is at fault itself, whatever the control host does."""
        reached = finding("page/home", facts={"failure_kinds": ["connect timeout", kind]})
        assert cause_of(reached, control(reachable=False))[1] is Cause.RELEASE

    def test_sometimes_answered(self) -> None:
        """A target that answered some of the requests was reached."""
        partly = finding("page/home", facts={**UNREACHED, "answered": True})
        assert cause_of(partly, control(reachable=False))[1] is Cause.RELEASE

    def test_control_that_was_never_reached(self) -> None:
        """A control host that this machine could not reach before either, while the page was there, proves nothing."""
        known = {"control/status": before("failed", "not reached"), "page/home": before("passed")}
        something = passed("page/login", facts={"answered": True})
        assert cause_of(UNREACHED_PAGE, control(reachable=False), something, before=known)[1] is Cause.RELEASE

    def test_network_lost_on_the_way(self) -> None:
        """A network that was there while converging and is gone in the end explains what was not reached in between."""
        first = control(reachable=True)
        last = replace(control(reachable=False), check="control-again/status", stage=Stage.CONFIRM, started_s=30.0)
        assert cause_of(UNREACHED_PAGE, first, last) == (Outcome.UNDECIDED, Cause.RUNNER)
        converging = finding("converge/bff", facts=UNREACHED, duration_s=6.0)
        assert cause_of(converging, first, last)[1] is Cause.RELEASE

    def test_network_lost_while_converging(self) -> None:
        """Who is asked just after a watch has ended tells of its end, not who was asked when it began."""
        first = control(reachable=True)
        last = replace(control(reachable=False), check="control-again/status", stage=Stage.CONFIRM, started_s=6.5)
        converging = finding("converge/bff", facts=UNREACHED, duration_s=6.0)
        assert cause_of(converging, first, last)[1] is Cause.RUNNER

    def test_network_found_on_the_way(self) -> None:
        """A network that came back explains converging, and nothing later."""
        first = control(reachable=False)
        last = replace(control(reachable=True), check="control-again/status", stage=Stage.CONFIRM, started_s=30.0)
        assert cause_of(UNREACHED_PAGE, first, last)[1] is Cause.RELEASE
        converging = finding("converge/bff", facts=UNREACHED, duration_s=6.0)
        assert cause_of(converging, first, last)[1] is Cause.RUNNER

    def test_control_itself_is_never_the_release(self) -> None:
        """A control host has nothing to do with the release, even if its check forgets to say so."""
        assert cause_of(finding("control/x", facts={"control": True})) == (Outcome.FAILED, Cause.RUNNER)


class TestEverybody:
    """What stands before all hosts fails for all of them."""

    BAD_GATEWAY = finding("page/home", facts={"answered": True, "server_errors": True})

    def test_controls_answer_with_server_errors_too(self) -> None:
        """An edge provider that fails for unrelated hosts as well is not the release."""
        assert cause_of(self.BAD_GATEWAY, control(reachable=True, failing=True)) == (
            Outcome.UNDECIDED,
            Cause.DEPENDENCY,
        )

    def test_controls_are_well(self) -> None:
        """Server errors of the target alone are the release's."""
        assert cause_of(self.BAD_GATEWAY, control(reachable=True))[1] is Cause.RELEASE

    def test_control_that_always_failed(self) -> None:
        """A control host that failed before the deploy already, while the page was well, proves nothing."""
        known = {"control/status": before("passed", "server error"), "page/home": before("passed")}
        assert cause_of(self.BAD_GATEWAY, control(reachable=True, failing=True), before=known)[1] is Cause.RELEASE

    def test_other_faults_of_the_target(self) -> None:
        """A page without its landmark is not explained by a failing control host."""
        wrong = finding("page/home", facts={"answered": True})
        assert cause_of(wrong, control(reachable=True, failing=True))[1] is Cause.RELEASE


class TestMaintenance:
    """A declared window."""

    def window(self, begins_s: float, ends_s: float) -> Release:
        """Return a release with a window relative to the run's start."""
        return Release(maintenance=Maintenance(STARTED_AT + begins_s, STARTED_AT + ends_s))

    @pytest.mark.parametrize(("begins_s", "ends_s"), [(-60, 60), (4, 60), (-60, 4)])
    def test_within(self, begins_s: float, ends_s: float) -> None:
        """What fails within the window, or partly so, is not judged."""
        seen = finding("page/home", started_s=3, duration_s=2)
        assert cause_of(seen, release=self.window(begins_s, ends_s)) == (Outcome.UNDECIDED, Cause.MAINTENANCE)

    @pytest.mark.parametrize(("begins_s", "ends_s"), [(-60, 3), (6, 60)])
    def test_outside(self, begins_s: float, ends_s: float) -> None:
        """A window that is over, or not yet begun, excuses nothing."""
        seen = finding("page/home", started_s=3, duration_s=2)
        assert cause_of(seen, release=self.window(begins_s, ends_s))[1] is Cause.RELEASE


class TestCredentials:
    """An account, not the login."""

    REFUSED = finding("login/customer", facts={"refused": True, "role": "customer", "signature": "HTTP 401"})
    OTHER = passed("login/control", facts={"role": "control", "logged_in": True})

    def test_another_account_logs_in(self) -> None:
        """If another account logs in, it is this account."""
        assert cause_of(self.REFUSED, self.OTHER) == (Outcome.UNDECIDED, Cause.CREDENTIALS)

    def test_no_account_logs_in(self) -> None:
        """If every account is refused, it is the release."""
        other = finding("login/control", facts={"refused": True, "role": "control"})
        assert cause_of(self.REFUSED, other)[1] is Cause.RELEASE

    def test_the_account_logs_in_elsewhere(self) -> None:
        """A browser that is refused with an account that the API accepts shows a fault of the product."""
        journey = finding("journey/login", facts={"refused": True, "role": "customer"})
        same = passed("login/customer", facts={"role": "customer", "logged_in": True})
        assert cause_of(journey, same, self.OTHER)[1] is Cause.RELEASE

    @pytest.mark.parametrize("outcome", ["failed", "undecided"])
    def test_refused_before_the_deploy(self, outcome: str) -> None:
        """An account that was refused in the same way before the deploy is at fault itself."""
        known = {"login/customer": before(outcome, "HTTP 401")}
        assert cause_of(self.REFUSED, before=known) == (Outcome.UNDECIDED, Cause.CREDENTIALS)

    @pytest.mark.parametrize(
        ("outcome", "then", "cause"),
        [
            ("passed", "beef", Cause.CREDENTIALS),
            ("passed", "cafe", Cause.RELEASE),
            ("passed", None, Cause.RELEASE),
            ("failed", "beef", Cause.RELEASE),
        ],
    )
    def test_another_password_than_before(self, outcome: str, then: str | None, cause: Cause) -> None:
        """Only what was accepted before the deploy, and is refused now, was changed by it."""
        facts = {**self.REFUSED.facts, "measured": {"credential": "cafe"}}
        measured = {"credential": then} if then else {}
        known = {"login/customer": replace(before(outcome, "another fault"), measured=measured)}
        assert cause_of(replace(self.REFUSED, facts=facts), before=known)[1] is cause

    def test_another_password_explains_the_journey(self) -> None:
        """A browser that logs in as the same role is refused for the same reason."""
        login = replace(self.REFUSED, facts={**self.REFUSED.facts, "measured": {"credential": "cafe"}})
        known = {"login/customer": replace(before("passed"), measured={"credential": "beef"})}
        journey = finding("journey/login", facts={"refused": True, "role": "customer"})
        assert cause_of(journey, login, before=known)[1] is Cause.CREDENTIALS

    @pytest.mark.parametrize(("refused", "cause"), [(True, Cause.CREDENTIALS), (False, Cause.RELEASE)])
    def test_a_login_page_that_comes_again(self, refused: bool, cause: Cause) -> None:
        """A page that shows itself again says less than its API: that one tells whether the account was refused."""
        login = finding("login/customer", facts={**self.REFUSED.facts, "refused": refused})
        login = replace(login, facts={**login.facts, "measured": {"credential": "cafe"}})
        known = {"login/customer": replace(before("passed"), measured={"credential": "beef"})}
        journey = finding("journey/login", facts={"logged_in": False, "role": "customer"})
        assert cause_of(journey, login, before=known)[1] is cause

    def test_not_a_refusal(self) -> None:
        """A login that answers with an error refuses nobody."""
        broken = finding("login/customer", facts={"refused": False, "role": "customer"})
        assert cause_of(broken, self.OTHER)[1] is Cause.RELEASE


class TestDependency:
    """A third party that is down for us too."""

    READ = finding("read/invoices")

    def cause(self, *others: Finding, **given: object) -> tuple[Outcome, Cause | None]:
        """Return outcome and cause of a read that needs WHMCS."""
        checks = (planned(self.READ, depends_on=("whmcs",)), *map(planned, others))
        judged = attribute(plan(*checks, **given), (self.READ, *others))
        return judged[0].outcome, judged[0].cause

    def test_down_for_us_too(self) -> None:
        """If our own call fails too, it is the dependency."""
        assert self.cause(direct("whmcs", "down")) == (Outcome.FAILED, Cause.DEPENDENCY)

    def test_down_for_planned_work(self) -> None:
        """If the vendor says that it is planned, it is maintenance."""
        assert self.cause(direct("whmcs", "down", trust="maintenance"))[1] is Cause.MAINTENANCE

    @pytest.mark.parametrize("standing", ["up", "refused", "unknown"])
    def test_not_down_for_us(self, standing: str) -> None:
        """If we are answered, or refused ourselves, nothing speaks for the release."""
        assert self.cause(direct("whmcs", standing))[1] is Cause.RELEASE

    @pytest.mark.parametrize(
        ("standing", "state", "cause"),
        [
            ("refused", "incident", Cause.DEPENDENCY),
            ("unknown", "maintenance", Cause.MAINTENANCE),
            (None, "incident", Cause.DEPENDENCY),
            ("refused", "ok", Cause.RELEASE),
            ("refused", "unknown", Cause.RELEASE),
            ("up", "incident", Cause.RELEASE),
            ("down", "ok", Cause.DEPENDENCY),
        ],
    )
    def test_the_vendors_word(self, standing: str | None, state: str, cause: Cause) -> None:
        """Where our own call proved nothing the vendor's public word counts; an answer to us outweighs it."""
        trust = finding("whmcs/trust", "failed", cause="dependency", facts={"dependency": "whmcs", "trust": state})
        calls = [direct("whmcs", standing)] if standing else []
        assert self.cause(*calls, trust)[1] is cause

    def test_an_open_door(self) -> None:
        """Nobody's outage lets those in who may not see something."""
        door = finding("protected/invoices", facts={"let_in": True})
        down = direct("whmcs", "down")
        judged = attribute(plan(planned(door, depends_on=("whmcs",)), planned(down)), (door, down))
        assert judged[0].cause is Cause.RELEASE

    def test_another_dependency_is_down(self) -> None:
        """A dependency that the check does not need explains nothing."""
        assert self.cause(direct("salesforce", "down"))[1] is Cause.RELEASE

    def test_no_direct_call(self) -> None:
        """Without a direct call there is no evidence."""
        assert self.cause()[1] is Cause.RELEASE

    def test_named_in_the_facts(self) -> None:
        """A check that names its dependency itself needs no entry in the plan."""
        reported = finding("salesforce/reported", facts={"dependency": "salesforce"})
        assert cause_of(reported, direct("salesforce", "down"))[1] is Cause.DEPENDENCY

    def test_never_reached_from_here(self) -> None:
        """A third party that this machine could not reach before either, while the read was well, explains nothing."""
        known = {"whmcs/direct": before("failed", "down", "dependency"), "read/invoices": before("passed")}
        assert self.cause(direct("whmcs", "down"), before=known)[1] is Cause.RELEASE

    def test_both_down_before(self) -> None:
        """An outage that lasts since before the deploy is still an outage, and verifies nothing."""
        failing = finding("read/invoices", facts={"signature": "HTTP 502"})
        known = {
            "whmcs/direct": before("failed", "down", "dependency"),
            "read/invoices": before("failed", "HTTP 502", "dependency"),
        }
        down = direct("whmcs", "down")
        checks = plan(planned(failing, depends_on=("whmcs",)), down, before=known)
        assert attribute(checks, (failing, down))[0].cause is Cause.DEPENDENCY

    def test_direct_call_itself_is_never_the_release(self) -> None:
        """Our own call to a third party does not pass through the release."""
        bare = finding("whmcs/direct", facts={"dependency": "whmcs", "direct": "down"}, cause="release")
        assert cause_of(bare)[1] is Cause.DEPENDENCY


class TestFixture:
    """Test data that was missing before the deploy already holds the verdict; what went with it is the release's."""

    MISSING = finding("read/known", facts={"fixture": True, "signature": "HTTP 404"})

    @pytest.mark.parametrize("outcome", ["failed", "undecided"])
    def test_missing_before_already(self, outcome: str) -> None:
        """The same miss before the deploy tells of the test data."""
        then = {"read/known": before(outcome, "HTTP 404")}
        assert cause_of(self.MISSING, before=then) == (Outcome.UNDECIDED, Cause.FIXTURE)

    def test_there_before(self) -> None:
        """What was there before the deploy and is gone now, the release lost."""
        assert cause_of(self.MISSING, before={"read/known": before("passed")}) == (Outcome.FAILED, Cause.RELEASE)

    def test_nothing_is_known_of_before(self) -> None:
        """Without a baseline nothing tells who lost it."""
        assert cause_of(self.MISSING) == (Outcome.FAILED, Cause.RELEASE)

    def test_broken_in_another_way(self) -> None:
        """An error that came with the release is not excused by data that were missing before."""
        broken = finding("read/known", facts={"fixture": False, "signature": "HTTP 500"})
        then = {"read/known": before("failed", "HTTP 404")}
        assert cause_of(broken, before=then) == (Outcome.FAILED, Cause.RELEASE)

    def test_broken_before_already(self) -> None:
        """An error that was there before is an old fault, and no question of data."""
        broken = finding("read/known", facts={"fixture": False, "signature": "HTTP 500"})
        then = {"read/known": before("failed", "HTTP 500")}
        assert cause_of(broken, before=then) == (Outcome.FAILED, Cause.PREEXISTING)


class TestPreexisting:
    """What failed before the deploy already."""

    FAILING = finding("read/reports", facts={"signature": "HTTP 500"})

    @pytest.mark.parametrize("cause", [None, "release", "preexisting"])
    def test_failed_in_the_same_way(self, cause: str | None) -> None:
        """The same failure before the deploy is none of the release's."""
        known = {"read/reports": before("failed", "HTTP 500", cause)}
        assert cause_of(self.FAILING, before=known) == (Outcome.FAILED, Cause.PREEXISTING)

    def test_failed_in_another_way(self) -> None:
        """Another fault than before is the release's."""
        assert cause_of(self.FAILING, before={"read/reports": before("failed", "HTTP 404")})[1] is Cause.RELEASE

    @pytest.mark.parametrize(
        ("then", "now", "cause"),
        [
            (0.333, 1.0, Cause.RELEASE),
            (0.333, 0.667, Cause.RELEASE),
            (0.333, 0.417, Cause.PREEXISTING),
            (1.0, 1.0, Cause.PREEXISTING),
            (1.0, 0.333, Cause.PREEXISTING),
            (None, 1.0, Cause.PREEXISTING),
        ],
    )
    def test_share_that_grew(self, then: float | None, now: float, cause: Cause) -> None:
        """An old fault of one replica does not excuse that all of them have it now."""
        known = {"read/reports": replace(before("failed", "HTTP 500"), failed_share=then)}
        failing = finding("read/reports", facts={"signature": "HTTP 500", "failed_share": now})
        assert cause_of(failing, before=known)[1] is cause

    @pytest.mark.parametrize(
        ("then", "now", "cause"),
        [(0.04, 0.06, Cause.PREEXISTING), (0.02, 0.06, Cause.RELEASE), (None, 0.06, Cause.RELEASE)],
    )
    def test_strays(self, then: float | None, now: float, cause: Cause) -> None:
        """Errors here and there are of before if they were about as many then."""
        known = {"confirm/bff": replace(before("failed", "here and there"), failed_share=then)} if then else {}
        facts = {"signature": "here and there", "strays": True, "failed_share": now, "census": {}}
        assert cause_of(finding("confirm/bff", stage="confirm", facts=facts), before=known)[1] is cause

    @pytest.mark.parametrize(
        ("then", "unchanging", "cause"),
        [
            ("0.1.0-beta is a pre-release", True, Cause.PREEXISTING),
            ("0.1.0-beta is a pre-release", False, Cause.RELEASE),
            ("0.1.0-alpha is a pre-release", True, Cause.RELEASE),
        ],
    )
    def test_a_version_that_never_changes(self, then: str, unchanging: bool, cause: Cause) -> None:
        """A build that called itself the same before is no pre-release anew; another name is one."""
        facts = {"signature": "0.1.0-beta is a pre-release", "unchanging": unchanging, "census": {}}
        known = {"version/bff": before("failed", then)}
        assert cause_of(finding("version/bff", facts=facts), before=known)[1] is cause

    @pytest.mark.parametrize("outcome", ["passed", "undecided", "skipped"])
    def test_not_failed_before(self, outcome: str) -> None:
        """Only a failure is compared with."""
        assert cause_of(self.FAILING, before={"read/reports": before(outcome, "HTTP 500")})[1] is Cause.RELEASE

    def test_without_signature(self) -> None:
        """Two failures that say nothing of themselves are not the same one."""
        assert cause_of(finding("read/reports"), before={"read/reports": before("failed")})[1] is Cause.RELEASE

    @pytest.mark.parametrize("cause", ["dependency", "maintenance", "runner"])
    def test_explained_then_but_not_now(self, cause: str) -> None:
        """A failure that an outage explained before the deploy does not excuse one that nothing explains now."""
        known = {"read/reports": before("failed", "HTTP 500", cause)}
        assert cause_of(self.FAILING, before=known)[1] is Cause.RELEASE

    @pytest.mark.parametrize(
        "about_the_release",
        [
            finding("converge/bff", facts={"signature": "same"}),
            finding("confirm/bff", facts={"signature": "same"}),
            finding("version/bff", facts={"signature": "same", "census": {"commits": {}}}),
        ],
    )
    def test_which_release_is_served(self, about_the_release: Finding) -> None:
        """That the release is not served is never excused by what was served before."""
        known = {about_the_release.check: before("failed", "same")}
        assert cause_of(about_the_release, before=known)[1] is Cause.RELEASE


class TestFollowing:
    """What was not made because of another check."""

    def test_takes_the_cause_of_what_blocked_it(self) -> None:
        """A read that waited for a login has the login's cause."""
        login = finding("login/customer", facts={"role": "customer"})
        read = finding("read/invoices", "undecided", cause="credentials", facts={"blocked_by": "login/customer"})
        assert cause_of(read, login) == (Outcome.UNDECIDED, Cause.RELEASE)

    def test_takes_the_cause_of_the_gravest_of_a_stage(self) -> None:
        """What was skipped as the release did not settle has the cause for that."""
        skipped = finding("read/invoices", "skipped", cause="suite", facts={"blocked_by": "converge"})
        unsure = finding("converge/bff", "undecided", cause="suite")
        assert cause_of(skipped, unsure, finding("converge/web"))[1] is Cause.RELEASE
        unreached = finding("converge/bff", facts=UNREACHED)
        assert cause_of(skipped, unreached, control(reachable=False))[1] is Cause.RUNNER

    def test_follows_a_chain(self) -> None:
        """The first cause counts, however many checks lie between."""
        first = finding("converge/bff")
        second = finding("login/customer", "skipped", facts={"blocked_by": "converge"})
        third = finding("read/invoices", "undecided", facts={"blocked_by": "login/customer"})
        assert cause_of(third, first, second)[1] is Cause.RELEASE

    def test_blocked_by_what_passed_in_the_end(self) -> None:
        """A check keeps its own cause if what blocked it was well in the end."""
        read = finding("read/invoices", "undecided", cause="credentials", facts={"blocked_by": "login/customer"})
        assert cause_of(read, passed("login/customer"))[1] is Cause.CREDENTIALS

    @pytest.mark.parametrize("blocked_by", ["login/nobody", "read/invoices"])
    def test_blocked_by_nothing_known(self, blocked_by: str) -> None:
        """A blocker that is not there, or the check itself, changes nothing."""
        read = finding("read/invoices", "undecided", cause="credentials", facts={"blocked_by": blocked_by})
        assert cause_of(read)[1] is Cause.CREDENTIALS

    def test_a_failure_is_its_own(self) -> None:
        """A check that looked and failed is not excused by another one."""
        failing = finding("read/invoices", facts={"blocked_by": "login/customer"})
        login = finding("login/customer", "undecided", cause="credentials")
        assert cause_of(failing, login)[1] is Cause.RELEASE


class TestByRoute:
    """A journey whose faults are all of routes that other checks explain."""

    JOURNEY = finding("journey/dashboard", facts={"broken_routes": ["/invoices", "/reports"]})
    OLD = finding("read/reports", facts={"route": "/reports", "signature": "HTTP 500"})
    DOWN = finding("read/invoices", facts={"route": "/invoices", "dependency": "whmcs"})
    KNOWN: ClassVar = {"read/reports": before("failed", "HTTP 500")}

    def journey(self, *others: Finding) -> Finding:
        """Return the journey after attribution."""
        return attribute(plan(self.JOURNEY, *others, before=self.KNOWN), (self.JOURNEY, *others))[0]

    def test_all_explained(self) -> None:
        """It has their cause; an outage of today goes before a fault of yesterday."""
        judged = self.journey(self.OLD, self.DOWN, direct("whmcs", "down"))
        assert (judged.outcome, judged.cause, judged.facts["down"]) == (Outcome.FAILED, Cause.DEPENDENCY, ["whmcs"])
        assert judged.message.endswith("; read/invoices tells why")

    @pytest.mark.parametrize("others", [(), (OLD,), (OLD, DOWN), (OLD, DOWN, direct("whmcs", "up"))])
    def test_not_all_explained(self, others: tuple[Finding, ...]) -> None:
        """One route that is the release's fault, or that nobody looked at, is enough to leave it the release's."""
        assert self.journey(*others).cause is Cause.RELEASE


def test_message_says_the_evidence() -> None:
    """The sentence names the evidence after the fault."""
    judged = attribute(plan(UNREACHED_PAGE), (UNREACHED_PAGE, control(reachable=False)))
    assert judged[0].message == (
        "HTTP 500 in 12 of 12 samples; no control host is reached either, so it is this machine's network"
    )


def test_stage_of_controls_blocks_nothing() -> None:
    """An advisory check of the converge stage is nobody's reason not to be made."""
    skipped = finding("read/x", "skipped", cause="suite", facts={"blocked_by": "converge"})
    assert control(reachable=False).stage is Stage.CONVERGE
    assert cause_of(skipped, control(reachable=False), passed("converge/bff"))[1] is Cause.SUITE


class TestTooMany:
    """Requests of ours that were too many are no failure of the release, unless few are too many."""

    LIMITED = finding("read/orders", service="bff", facts={"route": "https://api.test/orders", "too_many": True})
    OTHER = finding("read/items", service="bff", facts={"route": "https://api.test/items", "too_many": True})
    ELSEWHERE = finding("page/home", service="web", facts={"route": "https://www.test/", "too_many": True})

    def test_several_routes(self) -> None:
        """A limit that several routes name is one of our requests."""
        assert cause_of(self.LIMITED, self.OTHER) == (Outcome.UNDECIDED, Cause.SUITE)

    def test_one_route(self) -> None:
        """A single route that refuses even when it is asked slowly is broken, whatever another service says."""
        assert cause_of(self.LIMITED, self.ELSEWHERE) == (Outcome.FAILED, Cause.RELEASE)

    def test_a_long_pause(self) -> None:
        """Who asks for a longer pause than there is time for was not asked slowly, so nothing is proven."""
        impatient = replace(self.LIMITED, facts={**self.LIMITED.facts, "long_rest": True})

        assert cause_of(impatient) == (Outcome.UNDECIDED, Cause.SUITE)

    def test_never_answered(self) -> None:
        """A service that was never answered otherwise, not even the first time, is not up."""
        facts = {"too_many": True, "long_rest": True}
        converging = finding("converge/bff", service="bff", facts=facts)

        assert cause_of(converging, self.OTHER) == (Outcome.FAILED, Cause.RELEASE)
