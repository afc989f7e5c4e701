"""What each platform's answer means, over the test transport."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any, ClassVar

import pytest

from smoke.dependencies import compose, coolify, github, kubernetes, railway, vercel
from smoke.dependencies.answer import Answer as Refusal
from smoke.dependencies.deployment import Asking, Deployment, Seen
from smoke.environment.platforms import Compose, Coolify, Github, Kubernetes, Railway, Vercel
from smoke.verdict.words import Cause
from tests.checks.fake_world import NEW, OLD, Answer, FakeHttp, json_answer

TOKEN = {"env": "TOKEN"}
RAILWAY = Railway.model_validate({"project_id": "p", "environment_id": "e", "service_id": "s", "token": TOKEN})
VERCEL = Vercel.model_validate({"project_id": "prj_1", "team_id": "team_1", "token": TOKEN})
COOLIFY = Coolify.model_validate({"url": "https://coolify.test", "application": "app", "token": TOKEN})
GITHUB = Github.model_validate({"repository": "acme/shop", "run_variable": "RUN", "token": TOKEN})

RAILWAY_URL = "https://backboard.railway.com/graphql/v2"
VERCEL_URL = "https://api.vercel.com/v6/deployments"
COOLIFY_URL = "https://coolify.test/api/v1"
GITHUB_URL = "https://api.github.com/repos/acme/shop"


def seen(client: Any, configured: Any, routes: dict[str, Answer], **variables: str) -> tuple[Seen, FakeHttp]:
    """Ask a platform that answers from *routes*."""
    http = FakeHttp(routes)
    asking = Asking(http, lambda reference: f"the {getattr(reference, 'env', '')}", 5.0, NEW, variables.get)
    return asyncio.run(client.look(configured, asking)), http


def first(client: Any, configured: Any, routes: dict[str, Answer], **variables: str) -> Deployment:
    """Return the newest deployment."""
    found, _ = seen(client, configured, routes, **variables)
    assert found.refusal is None, found.refusal
    return found.deployments[0]


class TestRailway:
    """One GraphQL query with the schema's own arguments."""

    def nodes(self, *nodes: dict[str, Any]) -> dict[str, Answer]:
        """Return routes whose answer lists *nodes*."""
        return {RAILWAY_URL: json_answer({"data": {"deployments": {"edges": [{"node": one} for one in nodes]}}})}

    def test_question(self) -> None:
        """A project token has a header of its own; the ids are variables, and nothing is changed."""
        _, http = seen(railway, RAILWAY, self.nodes())
        request = http.asked[0]

        assert (request.method, request.headers) == ("POST", {"Project-Access-Token": "the TOKEN"})
        assert request.json["variables"]["input"] == {"projectId": "p", "environmentId": "e", "serviceId": "s"}
        assert request.json["query"].startswith("query(")
        assert "mutation" not in request.json["query"]

    def test_account_token(self) -> None:
        """Any other token is a bearer token."""
        _, http = seen(railway, RAILWAY.model_copy(update={"scope": "account"}), self.nodes())

        assert http.asked[0].headers == {"Authorization": "Bearer the TOKEN"}

    @pytest.mark.parametrize(
        ("status", "phase"),
        [
            *[(one, "moving") for one in ("INITIALIZING", "QUEUED", "WAITING", "BUILDING", "DEPLOYING")],
            ("NEEDS_APPROVAL", "waiting"),
            *[(one, "live") for one in ("SUCCESS", "SLEEPING")],
            ("SKIPPED", "skipped"),
            ("FAILED", "failed"),
            ("CRASHED", "crashed"),
            *[(one, "gone") for one in ("REMOVING", "REMOVED")],
            ("SOMETHING_NEW", "unknown"),
        ],
    )
    def test_states(self, status: str, phase: str) -> None:
        """All thirteen states of the schema are known."""
        node = {"id": "d", "status": status, "createdAt": "2026-11-20T10:00:00.000Z", "meta": {"commitHash": NEW}}
        one = first(railway, RAILWAY, self.nodes(node))

        assert (one.phase, one.word, one.commit, one.began_at) == (phase, status, NEW, 1763632800.0 + 31536000)

    @pytest.mark.parametrize("meta", [None, {}, [], "x", {"commitHash": None}])
    def test_no_commit(self, meta: Any) -> None:
        """Deployments by upload or image carry no commit."""
        assert first(railway, RAILWAY, self.nodes({"id": "d", "status": "SUCCESS", "meta": meta})).commit is None

    @pytest.mark.parametrize(
        ("data", "cause"),
        [
            ({"errors": [{"message": "Not Authorized"}], "data": None}, Cause.CREDENTIALS),
            ({"errors": [{"message": "Problem processing request"}]}, Cause.SUITE),
            ({"errors": ["?"]}, Cause.SUITE),
            ({"errors": {"message": "?"}}, Cause.SUITE),
            ({"data": None}, Cause.SUITE),
            ({"data": {"deployments": {"edges": None}}}, Cause.SUITE),
            ({"data": {"deployments": {"edges": [{}]}}}, Cause.SUITE),
            ([], Cause.SUITE),
        ],
    )
    def test_errors_with_200(self, data: Any, cause: Cause) -> None:
        """GraphQL tells its errors with 200."""
        found, _ = seen(railway, RAILWAY, {RAILWAY_URL: json_answer(data)})

        assert found.refusal is not None
        assert found.refusal.cause is cause


class TestVercel:
    """READY is not live."""

    GOOD: ClassVar[dict[str, Any]] = {
        "uid": "dpl_1",
        "readyState": "READY",
        "readySubstate": "PROMOTED",
        "target": "production",
        "aliasAssigned": 1763632860000,
        "created": 1763632800000,
        "ready": 1763632845000,
        "meta": {"githubCommitSha": NEW},
    }

    def one(self, **changed: Any) -> Deployment:
        """Return how a deployment is read."""
        row = {key: value for key, value in {**self.GOOD, **changed}.items() if value is not ...}
        return first(vercel, VERCEL, {VERCEL_URL: json_answer({"deployments": [row]})})

    def test_question(self) -> None:
        """Project, target and team are asked for."""
        _, http = seen(vercel, VERCEL, {VERCEL_URL: json_answer({"deployments": []})})

        assert http.asked[0].url == f"{VERCEL_URL}?projectId=prj_1&limit=10&teamId=team_1&target=production"
        assert http.asked[0].headers["Authorization"] == "Bearer the TOKEN"

    def test_live(self) -> None:
        """Promoted, with its aliases; times are in milliseconds."""
        one = self.one()

        assert (one.phase, one.commit, one.began_at, one.ended_at) == ("live", NEW, 1763632800.0, 1763632845.0)

    @pytest.mark.parametrize(
        ("changed", "phase"),
        [
            ({"readySubstate": "STAGED"}, "waiting"),
            ({"readySubstate": ...}, "waiting"),
            ({"readySubstate": "ROLLING"}, "moving"),
            ({"aliasAssigned": None}, "moving"),
            ({"aliasAssigned": False}, "moving"),
            ({"aliasError": {"code": "x", "message": "alias taken"}}, "failed"),
            ({"readyState": "BUILDING"}, "moving"),
            ({"readyState": "QUEUED"}, "moving"),
            ({"readyState": "ERROR"}, "failed"),
            ({"readyState": "CANCELED"}, "gone"),
            ({"readyState": "BLOCKED"}, "waiting"),
            ({"readyState": ..., "state": "BUILDING"}, "moving"),
            ({"readyState": "NEW"}, "unknown"),
        ],
    )
    def test_not_live(self, changed: dict[str, Any], phase: str) -> None:
        """Everything else is not."""
        assert self.one(**changed).phase == phase

    @pytest.mark.parametrize(
        ("changed", "commit"),
        [
            ({"meta": {}, "gitSource": {"sha": OLD}}, OLD),
            ({"meta": None}, None),
            ({"meta": {"gitlabCommitSha": OLD}}, OLD),
        ],
    )
    def test_commit(self, changed: dict[str, Any], commit: str | None) -> None:
        """The commit lies where the host of the repository puts it."""
        assert self.one(**changed).commit == commit

    def test_other_targets_do_not_count(self) -> None:
        """A preview that the list holds is no deployment of production."""
        found, _ = seen(vercel, VERCEL, {VERCEL_URL: json_answer({"deployments": [{**self.GOOD, "target": None}]})})

        assert found.deployments == ()


class TestCoolify:
    """Queued is not deployed, and a uuid may never have existed."""

    def row(self, status: str = "finished", uuid: str = "d1", **more: Any) -> dict[str, Any]:
        """Return one deployment."""
        times = {"created_at": "2026-11-20T10:00:00.000000Z", "updated_at": "2026-11-20T10:01:30.000000Z"}
        return {"deployment_uuid": uuid, "status": status, "commit": NEW, **times, **more}

    def routes(self, *rows: dict[str, Any], running: str = "running:healthy") -> dict[str, Answer]:
        """Return routes whose list holds *rows*."""
        return {
            f"{COOLIFY_URL}/deployments/applications/app": json_answer({"count": len(rows), "deployments": list(rows)}),
            f"{COOLIFY_URL}/applications/app": json_answer({"status": running}),
        }

    @pytest.mark.parametrize(
        ("status", "phase"),
        [
            ("queued", "moving"),
            ("in_progress", "moving"),
            ("finished", "live"),
            ("failed", "failed"),
            ("cancelled-by-user", "gone"),
            ("novel", "unknown"),
        ],
    )
    def test_states(self, status: str, phase: str) -> None:
        """All five states are known; only an ended one has an end."""
        one = first(coolify, COOLIFY, self.routes(self.row(status)))

        assert (one.phase, one.commit) == (phase, NEW)
        assert (one.ended_at is not None) is (phase in {"live", "failed", "gone"})

    @pytest.mark.parametrize(
        ("running", "phase"),
        [
            ("running:healthy", "live"),
            ("running:unknown", "live"),
            ("running:unhealthy", "crashed"),
            ("exited:unhealthy", "crashed"),
            ("degraded:unhealthy", "crashed"),
        ],
    )
    def test_what_runs(self, running: str, phase: str) -> None:
        """A finished deployment whose application does not run has crashed."""
        assert first(coolify, COOLIFY, self.routes(self.row(), running=running)).phase == phase

    def test_dead_uuid(self) -> None:
        """A uuid that was never stored leads to the application's list."""
        configured = COOLIFY.model_copy(update={"deployment_variable": "RUN"})
        routes = self.routes(self.row(uuid="real"))
        routes[f"{COOLIFY_URL}/deployments/dead"] = json_answer({"message": "x"}, 404)
        found, http = seen(coolify, configured, routes, RUN="dead")

        assert [one.id for one in found.deployments] == ["real"]
        assert http.asked[0].url.endswith("/deployments/dead")

    def test_given_uuid(self) -> None:
        """A deployment that is not in the list yet is read by its uuid; without one the list is read."""
        configured = COOLIFY.model_copy(update={"deployment_variable": "RUN"})
        fresh = self.row("in_progress", "fresh", created_at="2026-11-20T11:00:00.000000Z")
        routes = self.routes(self.row())
        routes[f"{COOLIFY_URL}/deployments/fresh"] = json_answer(fresh)

        assert first(coolify, configured, routes, RUN="fresh").id == "fresh"
        assert first(coolify, configured, self.routes(self.row())).id == "d1"

    def test_array(self) -> None:
        """The array of the OpenAPI file is understood too."""
        routes = self.routes()
        routes[f"{COOLIFY_URL}/deployments/applications/app"] = json_answer([self.row("failed")])

        assert first(coolify, COOLIFY, routes).phase == "failed"

    @pytest.mark.parametrize(
        ("exchange", "cause"),
        [
            (json_answer({"message": "Unauthenticated."}, 401), Cause.CREDENTIALS),
            (json_answer({"message": "Invalid token.", "docs": "x"}, 400), Cause.CREDENTIALS),
            (json_answer({"message": "Application not found"}, 404), Cause.SUITE),
            (json_answer({"count": 1}), Cause.SUITE),
        ],
    )
    def test_refusals(self, exchange: Any, cause: Cause) -> None:
        """A refused token has two faces."""
        found, _ = seen(coolify, COOLIFY, {f"{COOLIFY_URL}/deployments/applications/app": exchange})

        assert found.refusal is not None
        assert found.refusal.cause is cause


class TestGithub:
    """The newest status counts, and approvals that the run waits for."""

    LISTED: ClassVar[tuple[dict[str, Any], ...]] = (
        {"id": 2, "sha": NEW, "ref": "main", "created_at": "2026-11-20T10:00:00Z"},
        {"id": 1, "sha": OLD, "ref": "main", "created_at": "2026-11-19T10:00:00Z"},
    )

    def routes(self, *states: dict[str, Any], pending: Any = ()) -> dict[str, Answer]:
        """Return routes whose newest deployment has *states*."""
        return {
            f"{GITHUB_URL}/deployments": json_answer(list(self.LISTED)),
            f"{GITHUB_URL}/deployments/2/statuses": json_answer(list(states)),
            f"{GITHUB_URL}/deployments/1/statuses": json_answer([{"state": "inactive"}]),
            f"{GITHUB_URL}/actions/runs/77/pending_deployments": json_answer(list(pending)),
        }

    @pytest.mark.parametrize(
        ("state", "phase"),
        [
            ("success", "live"),
            ("inactive", "gone"),
            ("failure", "failed"),
            ("error", "failed"),
            ("in_progress", "moving"),
            ("queued", "moving"),
            ("pending", "moving"),
            ("novel", "unknown"),
        ],
    )
    def test_states(self, state: str, phase: str) -> None:
        """All states are known; the newest status counts, whatever the order."""
        old = {"state": "queued", "created_at": "2026-11-20T10:00:01Z"}
        one = first(github, GITHUB, self.routes(old, {"state": state, "created_at": "2026-11-20T10:05:00Z"}))

        assert (one.phase, one.commit) == (phase, NEW)

    def test_no_status_yet(self) -> None:
        """A deployment without a status has just begun."""
        assert first(github, GITHUB, self.routes()).phase == "moving"

    def test_this_very_run(self) -> None:
        """A verification that is part of the deployment does not wait for its own end."""
        state = {"state": "in_progress", "log_url": "https://github.com/acme/shop/actions/runs/77/job/1"}

        assert first(github, GITHUB, self.routes(state), RUN="77").phase == "live"
        assert first(github, GITHUB, self.routes(state), RUN="78").phase == "moving"
        assert first(github, GITHUB, self.routes(state)).phase == "moving"

    def test_approval(self) -> None:
        """Who has to approve is named."""
        pending = {
            "environment": {"name": "production"},
            "reviewers": [{"type": "User", "reviewer": {"login": "kim"}}],
        }
        one = first(github, GITHUB, self.routes({"state": "queued"}, pending=[pending]), RUN="77")

        assert (one.phase, one.why) == ("waiting", "the run waits for approval by kim")

    def test_hidden_repository(self) -> None:
        """404 also means: no permission."""
        found, _ = seen(github, GITHUB, {})

        assert found.refusal is not None
        assert found.refusal.cause is Cause.CREDENTIALS


def container(
    service: str, state: str = "running", health: str = "", code: int = 0, image: str = "app:1"
) -> dict[str, Any]:
    """Return one container as `docker compose ps` tells it."""
    return {
        "Service": service,
        "Name": f"x-{service}-1",
        "State": state,
        "Health": health,
        "ExitCode": code,
        "Image": image,
    }


class TestCompose:
    """JSON Lines since 2.21, an array before; read by a command that is run on this machine."""

    @pytest.mark.parametrize("as_lines", [True, False])
    def test_both_formats(self, as_lines: bool) -> None:
        """Both are understood."""
        rows = [
            container("web", health="healthy", image=f"app:prod-{NEW}"),
            container("worker", image=f"app:prod-{NEW}"),
        ]
        text = "\n".join(map(json.dumps, rows)) + "\n" if as_lines else json.dumps(rows)
        one = compose.read(text, Compose())

        assert isinstance(one, Deployment)
        assert (one.phase, one.word, one.tag) == ("live", "2 running", f"app:prod-{NEW}")

    @pytest.mark.parametrize(
        ("row", "phase", "word"),
        [
            (container("web", health="starting"), "moving", "web is starting"),
            (container("web", health="unhealthy"), "crashed", "web is unhealthy"),
            (container("web", "exited", code=1), "crashed", "web is exited (1)"),
            (container("web", "exited"), "live", "2 running"),
            (container("web", "restarting", code=137), "crashed", "web is restarting (137)"),
            (container("web", "dead"), "crashed", "web is dead (0)"),
            (container("web", "created"), "moving", "web is created"),
            (container("web", "paused"), "waiting", "web is paused"),
            (container("web", "novel"), "unknown", "web is novel"),
        ],
    )
    def test_worst_container(self, row: dict[str, Any], phase: str, word: str) -> None:
        """The whole is as well as its worst container; a job that ended well is well."""
        one = compose.read(json.dumps([row, container("db")]), Compose())

        assert isinstance(one, Deployment)
        assert (one.phase, one.word) == (phase, word)

    def test_missing_service(self) -> None:
        """A service that must run and has no container is missed; others do not count."""
        configured = Compose(services=("web", "worker"))
        one = compose.read(json.dumps([container("web"), container("db", "exited", code=1)]), configured)

        assert isinstance(one, Deployment)
        assert (one.phase, one.word) == ("crashed", "worker is not there")

    @pytest.mark.parametrize("text", ["", "{", "[]", "[1]", '[{"Service": "web"}]', "no configuration file provided"])
    def test_garbage(self, text: str) -> None:
        """Anything else decides nothing."""
        found = compose.read(text, Compose())

        assert isinstance(found, Refusal)
        assert found.cause is Cause.SUITE

    def stand_in(self, directory: Path, body: str) -> Compose:
        """Return a configuration that calls a stand-in for docker, which runs *body*."""
        program = directory / "docker"
        program.write_text(f"import sys\n{body}\n")
        return Compose(command=(sys.executable, str(program), "compose"), project="shop", files=("compose.yml",))

    def test_command(self, tmp_path: Path) -> None:
        """The command names project and files, and asks for all containers."""
        row = json.dumps(container("web"))
        body = (
            "assert sys.argv[1:] == 'compose -p shop -f compose.yml ps --all --format json'.split()\n"
            f"print('''{row}''')"
        )

        assert first(compose, self.stand_in(tmp_path, body), {}).phase == "live"

    @pytest.mark.parametrize(
        ("body", "cause"),
        [
            ("sys.exit('no configuration file provided: not found')", Cause.RUNNER),
            ("sys.exit('permission denied while trying to connect to the Docker daemon socket')", Cause.CREDENTIALS),
            ("import time; time.sleep(60)", Cause.RUNNER),
        ],
    )
    def test_command_fails(self, tmp_path: Path, body: str, cause: Cause) -> None:
        """A command that fails or hangs decides nothing."""
        asking = Asking(FakeHttp({}), str, 1.5)
        found = asyncio.run(compose.look(self.stand_in(tmp_path, body), asking)).refusal

        assert found is not None
        assert found.cause is cause

    def test_no_docker(self) -> None:
        """Nor does one that is not installed."""
        found, _ = seen(compose, Compose(command=("no-such-docker",)), {})

        assert found.refusal is not None
        assert (found.refusal.cause, "cannot be run here" in found.refusal.message) == (Cause.RUNNER, True)


class TestKubernetes:
    """A rollout is done when the newest generation is observed and every replica is updated and available."""

    def deployment(self, spec: dict[str, Any] | None = None, **status: Any) -> dict[str, Any]:
        """Return a Deployment of three replicas."""
        containers = [{"image": f"registry.test/api:prod-{NEW[:7]}"}]
        return {
            "metadata": {"name": "api", "generation": 4},
            "spec": {"replicas": 3, "template": {"spec": {"containers": containers}}, **(spec or {})},
            "status": {
                "observedGeneration": 4,
                "replicas": 3,
                "updatedReplicas": 3,
                "availableReplicas": 3,
                "conditions": [
                    {
                        "type": "Progressing",
                        "reason": "NewReplicaSetAvailable",
                        "lastUpdateTime": "2026-11-20T10:00:00Z",
                    }
                ],
                **status,
            },
        }

    def read(self, data: Any) -> Deployment:
        """Return how it is read."""
        one = kubernetes.read(data)
        assert isinstance(one, Deployment)
        return one

    def test_done(self) -> None:
        """Three of three; the image tells the commit."""
        one = self.read(self.deployment())

        assert (one.phase, one.tag, one.current) == ("live", f"registry.test/api:prod-{NEW[:7]}", True)
        assert one.ended_at is not None

    @pytest.mark.parametrize(
        ("changed", "phase"),
        [
            ({"observedGeneration": 3}, "moving"),
            ({"updatedReplicas": 1}, "moving"),
            ({"availableReplicas": None}, "moving"),
            ({"replicas": 4}, "moving"),
            ({"availableReplicas": 2, "conditions": None}, "moving"),
            (
                {
                    "availableReplicas": 2,
                    "conditions": [{"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded"}],
                },
                "crashed",
            ),
        ],
    )
    def test_not_done(self, changed: dict[str, Any], phase: str) -> None:
        """A rollout goes on until its deadline; Kubernetes itself does nothing more then."""
        assert self.read(self.deployment(**changed)).phase == phase

    def test_special_cases(self) -> None:
        """A paused rollout waits, one of no replica tells nothing, and quota trouble is told."""
        short: dict[str, Any] = {
            "updatedReplicas": 1,
            "conditions": [{"type": "ReplicaFailure", "status": "True", "message": "exceeded quota"}],
        }

        assert self.read(self.deployment({"paused": True}, updatedReplicas=1)).phase == "waiting"
        assert self.read(self.deployment({"replicas": 0})).phase == "unknown"
        assert self.read(self.deployment(**short)).why == "exceeded quota"

    @pytest.mark.parametrize("data", [[], {}, {"metadata": {}}, {"kind": "Status", "status": "Failure"}, None, 3])
    def test_garbage(self, data: Any) -> None:
        """Anything else decides nothing."""
        assert isinstance(kubernetes.read(data), Refusal)

    def test_from_the_api_server(self) -> None:
        """With an address the API server is asked, with a bearer token."""
        configured = Kubernetes.model_validate(
            {"namespace": "shop", "deployment": "api", "api": "https://k8s.test:6443", "token": TOKEN}
        )
        url = "https://k8s.test:6443/apis/apps/v1/namespaces/shop/deployments/api"
        found, http = seen(kubernetes, configured, {url: json_answer(self.deployment())})

        assert found.deployments[0].phase == "live"
        assert http.asked[0].headers["Authorization"] == "Bearer the TOKEN"

    def test_by_command(self, tmp_path: Path) -> None:
        """Without one kubectl is called; what it refuses is a credential's fault."""
        program = tmp_path / "kubectl"
        data = json.dumps(self.deployment())
        program.write_text(
            "import sys\nassert sys.argv[1:] == 'get deployment/api --namespace default --output json'.split()\n"
            f"print('''{data}''')\n"
        )
        good = Kubernetes(deployment="api", command=(sys.executable, str(program)))
        program_b = tmp_path / "refusing"
        program_b.write_text("import sys\nsys.exit('error: You must be logged in to the server (Unauthorized)')\n")
        bad, _ = seen(kubernetes, Kubernetes(deployment="api", command=(sys.executable, str(program_b))), {})

        assert first(kubernetes, good, {}).phase == "live"
        assert bad.refusal is not None
        assert bad.refusal.cause is Cause.CREDENTIALS
