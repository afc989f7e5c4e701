"""The rollbacks of the published environments: what their commands ask of the platforms, and when they refuse."""

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from smoke.environment.loading import load
from smoke.outputs.response import filled, lacks_previous
from smoke.running.response import components_of
from smoke.verdict.component import Component

DIRECTORY = Path(__file__).parents[2] / "environments"
SHA, PREVIOUS = "9f1c2ab4d5e60718293a4b5c6d7e8f9012345678", "4e77d01aa0b1c2d3e4f5061728394a5b6c7d8e9f"
SUCCESS = {"curl": '{"data":{"deploymentRollback":true},"deployment_uuid":"zs4o0gck"}'}

RAILWAY = "https://backboard.railway.com/graphql/v2"
VERCEL = {"VERCEL_TOKEN": "t", "VERCEL_PREVIOUS": "https://web-1.vercel.app"}
NEEDED: dict[tuple[str, str], dict[str, str]] = {
    ("cartly/prod", "deployment"): {
        "RAILWAY_TOKEN": "t",
        "RAILWAY_PREVIOUS_WEB": "w1",
        "RAILWAY_PREVIOUS_WORKER": "w2",
    },
    ("almafrica/prod", "deployment"): {
        "COOLIFY_DEPLOY_TOKEN": "t",
        "COOLIFY_PREVIOUS_API": "v1.4.0",
        "COOLIFY_PREVIOUS_WEB": "prod-4e77d01",
    },
    ("impulse_ai/prod", "api"): {"RAILWAY_TOKEN": "t", "RAILWAY_PREVIOUS_DEPLOYMENT": "d1"},
    ("impulse_ai/prod", "landing"): {"VERCEL_TOKEN": "t", "VERCEL_PREVIOUS_LANDING": "https://l.vercel.app"},
    ("impulse_ai/prod", "console"): {"VERCEL_TOKEN": "t", "VERCEL_PREVIOUS_CONSOLE": "https://c.vercel.app"},
    ("web_production/prod", "release"): VERCEL,
}
"""The variables that each command needs."""


def component(environment: str, name: str) -> Component:
    """Return one component of a published environment."""
    return next(one for one in components_of(load(DIRECTORY, environment)) if one.name == name)


def ran(
    command: Sequence[str], variables: Mapping[str, str], place: Path, answers: Mapping[str, str] = SUCCESS
) -> tuple[int, list[list[str]]]:
    """Run *command* where curl, vercel and ssh are programs that note how they are called, and answer *answers*."""
    for program in ("curl", "vercel", "ssh"):
        file = place / program
        noting = f'printf "%s\\0" {program} "$@" >> calls; printf "\\n\\0" >> calls'
        file.write_text(f"#!/bin/sh\n{noting}\nprintf '%s' '{answers.get(program, '')}'\n", "utf-8")
        file.chmod(0o700)
    environ = {"PATH": f"{place}{os.pathsep}{os.defpath}", **variables}
    ended = subprocess.run(command, cwd=place, env=environ, check=False, capture_output=True, timeout=20)
    noted = place / "calls"
    calls = noted.read_text("utf-8").split("\n\0")[:-1] if noted.exists() else []
    return ended.returncode, [one.split("\0")[:-1] for one in calls]


def sent(call: Sequence[str]) -> object:
    """Return the JSON that curl was to send."""
    return json.loads(call[call.index("-d") + 1])


def rolled_back(deployment: str) -> dict[str, object]:
    """Return the call of Railway's API; the mutation is a Boolean, so it selects nothing."""
    query = "mutation($id:String!){deploymentRollback(id:$id)}"
    return {"query": query, "variables": {"id": deployment}}


def test_cartly(tmp_path: Path) -> None:
    """Both services of the last working deployment are redeployed."""
    status, calls = ran(component("cartly/prod", "deployment").command, NEEDED["cartly/prod", "deployment"], tmp_path)
    assert status == 0
    assert [sent(one) for one in calls] == [rolled_back("w1"), rolled_back("w2")]
    assert all(RAILWAY in one and "Project-Access-Token: t" in one for one in calls)


def test_impulse_ai(tmp_path: Path) -> None:
    """The API goes back at Railway, each site at Vercel."""
    api = component("impulse_ai/prod", "api")
    status, (call,) = ran(api.command, NEEDED["impulse_ai/prod", "api"], tmp_path)
    assert (status, sent(call)) == (0, rolled_back("d1"))
    landing = component("impulse_ai/prod", "landing")
    status, calls = ran(landing.command, NEEDED["impulse_ai/prod", "landing"], tmp_path)
    assert (status, calls[-1]) == (0, ["vercel", "rollback", "https://l.vercel.app", "--token", "t"])


def test_almafrica(tmp_path: Path) -> None:
    """Both applications go back to the image that each of them had, whatever its tag is made of."""
    made = component("almafrica/prod", "deployment")
    status, calls = ran(made.command, NEEDED["almafrica/prod", "deployment"], tmp_path)
    assert status == 0
    api = "https://coolify.almafrica.com/api/v1/applications"
    assert [next(word for word in one if word.startswith("http")) for one in calls] == [
        f"{api}/api/rollback",
        f"{api}/web/rollback",
    ]
    assert [sent(one) for one in calls] == [{"commit": "v1.4.0"}, {"commit": "prod-4e77d01"}]
    assert all("POST" in one and "Authorization: Bearer t" in one for one in calls)


def test_web_production(tmp_path: Path) -> None:
    """The release goes back, and the CDN is emptied with a command that asks nobody."""
    made = component("web_production/prod", "release")
    assert ran(made.command, VERCEL, tmp_path)[0] == 0
    status, calls = ran(made.purge, VERCEL, tmp_path)
    assert status == 0
    assert calls == [
        ["vercel", "rollback", "https://web-1.vercel.app", "--token", "t"],
        ["vercel", "cache", "purge", "--type", "cdn", "--yes", "--token", "t"],
    ]


def test_portal(tmp_path: Path) -> None:
    """Compose runs on the portal's host, with the seven digits that images are tagged with."""
    command = component("portal/prod", "containers").command
    status, (call,) = ran(filled(command, SHA, PREVIOUS), {}, tmp_path)
    assert (status, call[-2]) == (0, "portal-prod")
    assert call[-1].startswith("cd /opt/portal && BACKEND_IMAGE=portal-bff:4e77d01 FRONTEND_IMAGE=portal-web:4e77d01 ")
    assert "docker compose up -d --no-build --wait" in call[-1]
    assert lacks_previous(filled(command, SHA, "$(id)"))


@pytest.mark.parametrize(("environment", "name"), NEEDED)
def test_nothing_is_done_by_halves(environment: str, name: str, tmp_path: Path) -> None:
    """A command that lacks any of its variables fails, before it has asked anybody for anything."""
    needed = NEEDED[environment, name]
    for missing in needed:
        given = {key: value for key, value in needed.items() if key != missing}
        status, calls = ran(component(environment, name).command, given, tmp_path)
        assert (missing, status != 0, calls) == (missing, True, [])


@pytest.mark.parametrize(
    ("environment", "name"),
    [("cartly/prod", "deployment"), ("almafrica/prod", "deployment"), ("impulse_ai/prod", "api")],
)
@pytest.mark.parametrize(
    "answer",
    ["", "null", '{"errors":[{"message":"Not Authorized"}],"data":null}', '{"data":{"deploymentRollback":false}}'],
)
def test_a_refusal_with_status_200(environment: str, name: str, answer: str, tmp_path: Path) -> None:
    """A refusal that comes with success is one, and the next call is not made."""
    status, calls = ran(component(environment, name).command, NEEDED[environment, name], tmp_path, {"curl": answer})
    assert (status != 0, len(calls)) == (True, 1)


@pytest.mark.parametrize(
    "environment", ["portal/prod", "cartly/prod", "almafrica/prod", "impulse_ai/prod", "web_production/prod"]
)
def test_the_guard_can_restore_every_service_of_production(environment: str) -> None:
    """Each service has a way back that a command takes, and people are told the same in words."""
    described = load(DIRECTORY, environment)
    parts = [one for one in components_of(described) if one.services and one.command and one.procedure]
    assert {service for one in parts for service in one.services} == set(described.services)
    assert not [one.name for one in parts if "\n" in " ".join((*one.command, *one.purge))]
