"""From findings to one verdict."""

from dataclasses import replace

import pytest

from smoke.verdict.decide import End, decide
from smoke.verdict.finding import Finding
from smoke.verdict.release import Release
from smoke.verdict.words import Action, Cause, Outcome, Stage, Word
from tests.verdict.made import (
    END,
    STARTED_AT,
    UNREACHED,
    before,
    control,
    direct,
    finding,
    passed,
    plan,
    planned,
    verdict_of,
)

CONVERGED = passed("converge/bff", facts={"census": {"commits": {"9f1c2ab": 12}, "replicas": {}}}, service="bff")
HOME = passed("page/home", facts={"answered": True})
BROKEN = finding("journey/invoices", service="bff")
INTERRUPTED = replace(END, interruption="interrupted by SIGTERM")


class TestPass:
    """What it takes to promote."""

    def test_all_required_checks_passed(self) -> None:
        """All gating checks passed: promote."""
        verdict = verdict_of(CONVERGED, HOME)
        assert (verdict.word, verdict.action, verdict.exit_status, verdict.complete) == (
            Word.PASS,
            Action.PROMOTE,
            0,
            True,
        )
        assert verdict.reasons == ()

    @pytest.mark.parametrize(
        "alone",
        [
            CONVERGED,
            passed("confirm/bff"),
            passed("version/bff", facts={"census": {}}),
            passed("control/status", gating=True, facts={"control": True, "reachable": True}),
            passed("whmcs/direct", facts={"direct": "up", "dependency": "whmcs"}),
            passed("errors/web", facts={"hearsay": "sentry"}),
            passed("page/home", gating=False),
        ],
    )
    def test_what_verifies_nothing(self, alone: Finding) -> None:
        """What is live, who else is well, and advisory checks carry no pass alone."""
        assert verdict_of(alone).word is Word.INCONCLUSIVE

    def test_nothing_planned(self) -> None:
        """An environment without checks is not green."""
        assert verdict_of().word is Word.INCONCLUSIVE

    def test_advisory_failures_are_said(self) -> None:
        """An advisory failure is a warning, no reason."""
        verdict = verdict_of(HOME, finding("page/blog", gating=False))
        assert verdict.word is Word.PASS
        assert verdict.warnings == ("page/blog: HTTP 500 in 12 of 12 samples",)

    def test_notes_are_said_beside_the_failure(self) -> None:
        """A finding that noted something and failed says both."""
        verdict = verdict_of(HOME, finding("page/blog", gating=False, facts={"noted": "slow"}))
        assert verdict.warnings == ("page/blog: HTTP 500 in 12 of 12 samples", "page/blog: slow")

    def test_waived_skip(self) -> None:
        """A check that had nothing to look at, by its own judgement, holds nothing and is said."""
        waived = finding("session/customer", "skipped", message="no session", facts={"waived": "no baseline"})
        verdict = verdict_of(HOME, waived)
        assert verdict.word is Word.PASS
        assert verdict.warnings == ("session/customer: no session",)

    def test_everything_waived(self) -> None:
        """If nothing is left to be looked at, it is not green."""
        waived = finding("session/customer", "skipped", facts={"waived": "no baseline"})
        assert verdict_of(CONVERGED, waived).word is Word.INCONCLUSIVE

    def test_no_service_told_its_release(self) -> None:
        """Where every service may leave its commit out, and does, nobody knows whether the release was verified."""
        facts = {"waived": "untold", "untold": True, "census": {"commits": {}, "replicas": {}}}
        untold = finding("converge/web", "skipped", cause=None, service="web", facts=facts)
        assert verdict_of(untold, HOME).word is Word.PASS
        assert verdict_of(untold, HOME, release=Release(commit="9f1c2ab")).word is Word.INCONCLUSIVE
        assert verdict_of(untold, CONVERGED, HOME, release=Release(commit="9f1c2ab")).word is Word.PASS

    @pytest.mark.parametrize(("services", "word"), [(("bff",), Word.PASS), (("worker",), Word.INCONCLUSIVE)])
    def test_a_release_of_a_service_that_tells_nothing(self, services: tuple[str, ...], word: Word) -> None:
        """What the others serve does not bind the verdict to a release that left them alone."""
        release = Release(commit="9f1c2ab", services=services)
        assert verdict_of(CONVERGED, HOME, release=release).word is word

    def test_preexisting(self) -> None:
        """What failed in the same way before the deploy does not stop it, and is said."""
        old = finding("read/reports", facts={"signature": "HTTP 500"})
        verdict = verdict_of(HOME, old, before={"read/reports": before("failed", "HTTP 500")})
        assert verdict.word is Word.PASS
        assert "before the deploy" in verdict.warnings[0]

    def test_some_of_it_preexisting(self) -> None:
        """Of several old faults some may be gone; one that is new is excused by none of them."""
        known = {"headers/shell": before("failed", "no a; no b")}
        fewer = finding("headers/shell", facts={"signature": "no b"})
        assert verdict_of(HOME, fewer, before=known).word is Word.PASS
        other = finding("headers/shell", facts={"signature": "no b; no c"})
        assert verdict_of(HOME, other, before=known).word is Word.FAIL

    def test_what_an_old_fault_hides(self) -> None:
        """A login that was broken before the deploy is no fault of it, but what lies behind it was not verified."""
        login = finding("login/customer", facts={"signature": "HTTP 500"})
        read = finding("read/invoices", "undecided", facts={"blocked_by": login.check})
        known = {login.check: before("failed", "HTTP 500")}
        assert verdict_of(HOME, login, before=known).word is Word.PASS
        assert verdict_of(HOME, login, read, before=known).word is Word.INCONCLUSIVE

    def test_what_repeats_an_old_fault(self) -> None:
        """What asks the very route that was broken already is no other fault."""
        read = finding("read/invoices", facts={"signature": "HTTP 500"})
        slow = finding("latency/invoices", "undecided", facts={"blocked_by": read.check})
        known = {read.check: before("failed", "HTTP 500")}
        assert verdict_of(HOME, read, slow, before=known).word is Word.PASS

    def test_everything_preexisting(self) -> None:
        """If all that was looked at failed before already, nothing was verified."""
        old = finding("read/reports", facts={"signature": "HTTP 500"})
        assert verdict_of(CONVERGED, old, before={old.check: before("failed", "HTTP 500")}).word is Word.INCONCLUSIVE

    def test_retired_checks_are_said(self) -> None:
        """What the release declares retired was not made, and that is said."""
        verdict = verdict_of(HOME, release=Release(retired=("page/old", "page/home")))
        assert verdict.warnings == ("page/old: not made, as the release declares it retired",)


class TestFail:
    """What it takes to roll back."""

    def test_a_service_that_limits_requests(self) -> None:
        """That a service was asked more slowly, as it limits requests, is said once."""
        slow = [replace(one, service="bff", facts={**one.facts, "slowed": True}) for one in (HOME, passed("read/a"))]

        assert verdict_of(CONVERGED, *slow).warnings == (
            "bff: it limits requests (HTTP 429), so it was asked more slowly; see limits.requests_per_s",
        )

    def test_a_required_check_failed(self) -> None:
        """A gating failure without another explanation: roll back the service that it names."""
        verdict = verdict_of(CONVERGED, HOME, BROKEN)
        assert (verdict.word, verdict.action, verdict.exit_status) == (Word.FAIL, Action.ROLLBACK, 10)
        assert verdict.services == ("bff",)
        assert [(one.check, one.cause) for one in verdict.reasons] == [("journey/invoices", Cause.RELEASE)]

    def test_although_something_else_is_unclear(self) -> None:
        """Doubts about others do not absolve; they are reasons after the guilty."""
        unsure = finding("page/home", "undecided", cause="runner")
        verdict = verdict_of(unsure, BROKEN)
        assert verdict.word is Word.FAIL
        assert [one.check for one in verdict.reasons] == ["journey/invoices", "page/home"]

    def test_converging_failed(self) -> None:
        """If the release never came, the reason is that alone, not each check that waited for it."""
        stuck = finding("converge/bff", service="bff")
        waiting = [
            finding(f"page/{one}", "skipped", cause="suite", facts={"blocked_by": "converge"}) for one in range(9)
        ]
        verdict = verdict_of(stuck, *waiting)
        assert verdict.word is Word.FAIL
        assert [one.check for one in verdict.reasons] == ["converge/bff"]

    def test_converging_failed_says_nothing_of_advisory_checks(self) -> None:
        """An advisory check that waited for the release in vain is no warning either."""
        waiting = finding("page/blog", "skipped", gating=False, facts={"blocked_by": "converge"})
        assert verdict_of(finding("converge/bff"), waiting).warnings == ()

    def test_of_a_part(self) -> None:
        """What was selected may fail; what was not is no reason, but makes it incomplete."""
        checks = (planned(BROKEN), planned(HOME, selected=False))
        verdict = decide(plan(*checks), (BROKEN,), END)
        assert (verdict.word, verdict.complete) == (Word.FAIL, False)
        assert [one.check for one in verdict.reasons] == ["journey/invoices"]

    @pytest.mark.parametrize("cause", [one for one in Cause if one is not Cause.RELEASE])
    def test_never_for_another_cause(self, cause: Cause) -> None:
        """Only the release can cause a rollback."""
        assert verdict_of(HOME, finding("page/x", cause=cause)).word is not Word.FAIL

    @pytest.mark.parametrize("outcome", ["undecided", "skipped"])
    def test_never_without_a_failure(self, outcome: str) -> None:
        """What is undecided holds, even if the release may be to blame."""
        assert verdict_of(HOME, finding("page/x", outcome, cause="release")).word is Word.INCONCLUSIVE

    def test_never_for_an_advisory_check(self) -> None:
        """An advisory failure rolls nothing back."""
        assert verdict_of(HOME, finding("page/x", gating=False)).word is Word.PASS


class TestHold:
    """What makes it inconclusive."""

    @pytest.mark.parametrize("selected", [True, False])
    def test_a_required_check_is_missing(self, selected: bool) -> None:
        """A check without a finding, selected or not, is never green."""
        verdict = decide(plan(planned(HOME), planned(BROKEN, selected=selected)), (HOME,), END)
        assert (verdict.word, verdict.complete) == (Word.INCONCLUSIVE, False)
        assert verdict.findings[1].outcome is Outcome.SKIPPED
        assert verdict.reasons[0].cause is Cause.SUITE

    def test_an_advisory_check_is_missing(self) -> None:
        """An advisory check that was not made leaves the verdict complete, and is said."""
        verdict = decide(plan(planned(HOME), planned(BROKEN, gating=False)), (HOME,), END)
        assert (verdict.word, verdict.complete) == (Word.PASS, True)
        assert verdict.warnings == ("journey/invoices: no result: the check was not finished",)

    def test_a_required_check_was_skipped(self) -> None:
        """A skip that nobody waived holds, whatever its cause says."""
        for cause in (None, "preexisting", "dependency", "suite"):
            skipped = finding("page/x", "skipped", cause=cause, facts={"dependency": "whmcs"})
            assert verdict_of(HOME, skipped, when_down={"whmcs": "pass"}).word is Word.INCONCLUSIVE

    @pytest.mark.parametrize("guilty", [(), (BROKEN,)])
    def test_interrupted(self, guilty: tuple[Finding, ...]) -> None:
        """An interrupted run proves neither; it is not complete."""
        verdict = verdict_of(HOME, *guilty, end=INTERRUPTED)
        assert (verdict.word, verdict.action, verdict.exit_status) == (Word.INCONCLUSIVE, Action.HOLD, 20)
        assert not verdict.complete

    @pytest.mark.parametrize("gating", [True, False])
    def test_superseded(self, gating: bool) -> None:
        """Once another release took over, neither failures nor passes count for this one."""
        taken = finding("confirm/bff", "undecided", cause="superseded", gating=gating)
        assert verdict_of(HOME, taken).word is Word.INCONCLUSIVE
        verdict = verdict_of(HOME, BROKEN, taken)
        assert verdict.word is Word.INCONCLUSIVE
        assert "superseded" in [one.cause for one in verdict.reasons]
        assert verdict.services == ()

    def test_runner(self) -> None:
        """A machine without network holds, with that cause alone, however much waited for it."""
        unreached = finding("converge/bff", facts=UNREACHED)
        skipped = finding("page/home", "skipped", cause="suite", facts={"blocked_by": "converge"})
        verdict = verdict_of(control(reachable=False), unreached, skipped)
        assert verdict.word is Word.INCONCLUSIVE
        assert [(one.check, one.cause) for one in verdict.reasons] == [("converge/bff", Cause.RUNNER)]
        assert [one.cause for one in verdict.findings if one.check == "page/home"] == [Cause.RUNNER]

    def test_failed_control_alone(self) -> None:
        """A control host that is away, while all else is well, stops nothing."""
        assert verdict_of(HOME, control(reachable=False)).word is Word.PASS


class TestDependencyDown:
    """`when_down` decides what an outage of a third party means."""

    READ = finding("read/invoices")

    def verdict(self, *names: str, **when_down: str) -> Word:
        """Return the verdict when the third parties *names* are down, with a read that needs them all."""
        outages = [direct(name, "down") for name in names]
        needs = planned(self.READ, depends_on=("whmcs", "salesforce"))
        checks = (needs, planned(HOME), *map(planned, outages))
        return decide(plan(*checks, when_down=when_down), (self.READ, HOME, *outages), END).word

    def test_hold(self) -> None:
        """By default it holds."""
        assert self.verdict("whmcs", whmcs="hold", salesforce="hold") is Word.INCONCLUSIVE
        assert self.verdict("whmcs") is Word.INCONCLUSIVE

    def test_pass(self) -> None:
        """It passes where the file says so."""
        assert self.verdict("whmcs", whmcs="pass", salesforce="pass") is Word.PASS

    def test_only_the_one_that_is_down_counts(self) -> None:
        """A dependency that is well has no say."""
        assert self.verdict("whmcs", whmcs="pass", salesforce="hold") is Word.PASS
        assert self.verdict("whmcs", whmcs="hold", salesforce="pass") is Word.INCONCLUSIVE

    def test_all_that_are_down_count(self) -> None:
        """Each of several outages must be allowed."""
        assert self.verdict("whmcs", "salesforce", whmcs="pass", salesforce="hold") is Word.INCONCLUSIVE
        assert self.verdict("whmcs", "salesforce", whmcs="pass", salesforce="pass") is Word.PASS

    def test_up_is_the_release(self) -> None:
        """`when_down` excuses nothing while the third party answers us."""
        checks = (planned(self.READ, depends_on=("whmcs",)), planned(HOME))
        up = direct("whmcs", "up")
        verdict = decide(plan(*checks, up, when_down={"whmcs": "pass"}), (self.READ, HOME, up), END)
        assert verdict.word is Word.FAIL

    def test_passing_is_said(self) -> None:
        """What was let pass is a warning."""
        down = direct("whmcs", "down")
        checks = (planned(self.READ, depends_on=("whmcs",)), planned(HOME), planned(down))
        verdict = decide(plan(*checks, when_down={"whmcs": "pass"}), (self.READ, HOME, down), END)
        assert any(one.startswith("read/invoices: ") for one in verdict.warnings)

    def test_edge_failure_is_not_excused(self) -> None:
        """What fails for every host is not the third party's outage that may pass."""
        edge = finding("salesforce/reported", facts={"dependency": "salesforce", "server_errors": True})
        verdict = verdict_of(HOME, edge, control(reachable=True, failing=True), when_down={"salesforce": "pass"})
        assert verdict.word is Word.INCONCLUSIVE


class TestPlan:
    """The plan is what findings are measured against."""

    def test_plan_says_what_is_required(self) -> None:
        """A finding cannot make its check advisory, or move it to another stage."""
        shy = replace(BROKEN, gating=False, stage=Stage.MONITORING, service=None)
        verdict = decide(plan(planned(HOME), planned(BROKEN)), (HOME, shy), END)
        assert verdict.word is Word.FAIL
        assert verdict.findings[1].stage is BROKEN.stage
        assert verdict.services == ("bff",)

    def test_unplanned_finding(self) -> None:
        """A finding that nobody planned is neither lost nor taken for a planned one."""
        verdict = decide(plan(planned(HOME)), (HOME, BROKEN), END)
        assert verdict.word is Word.FAIL
        assert [one.check for one in verdict.findings] == ["page/home", "journey/invoices"]

    @pytest.mark.parametrize("order", [1, -1])
    def test_two_findings_for_one_check(self, order: int) -> None:
        """Of several findings for one check the gravest counts, whichever came first."""
        both = [passed("journey/invoices"), BROKEN][::order]
        assert decide(plan(planned(HOME), planned(BROKEN)), (HOME, *both), END).word is Word.FAIL

    def test_in_the_order_of_the_stages(self) -> None:
        """Findings stand in the order of the stages, then of the plan."""
        checks = [passed("confirm/bff"), passed("page/b"), passed("page/a"), CONVERGED]
        assert [one.check for one in verdict_of(*checks).findings] == [
            "converge/bff",
            "page/b",
            "page/a",
            "confirm/bff",
        ]

    def test_newest_census(self) -> None:
        """What is live is told by the last census of each service."""
        later = passed("confirm/bff", service="bff", facts={"census": {"commits": {"4e77d01": 1}}})
        assert verdict_of(later, CONVERGED, HOME).observed == {"bff": {"commits": {"4e77d01": 1}}}

    def test_no_baseline_is_said(self) -> None:
        """Without a baseline the verdict warns, with the reason there is."""
        assert verdict_of(HOME, before=None).warnings[0].startswith("no baseline: none was recorded (smoke prime); ")
        stale = verdict_of(HOME, before=None, without_baseline="it was recorded too late").warnings[0]
        assert stale.startswith("no baseline: it was recorded too late; ")

    def test_warnings_of_the_run_come_first(self) -> None:
        """What the run itself warned of stands first."""
        end = End(STARTED_AT, warnings=("the disk is nearly full",))
        assert verdict_of(HOME, end=end).warnings == ("the disk is nearly full",)


def test_out_of_budget_is_incomplete() -> None:
    """A required check that the budget cut off makes the verdict incomplete."""
    cut = finding("page/x", "undecided", cause="suite", facts={"unmade": "out of budget"})
    verdict = verdict_of(HOME, cut)
    assert (verdict.word, verdict.complete) == (Word.INCONCLUSIVE, False)


def test_reasons_are_never_empty_when_something_holds() -> None:
    """Checks that wait for each other are still reasons."""
    one = finding("page/a", "undecided", cause="suite", facts={"blocked_by": "page/b"})
    other = finding("page/b", "undecided", cause="suite", facts={"blocked_by": "page/a"})
    assert len(verdict_of(HOME, one, other).reasons) == 2
