"""
How each platform really gets back to what was live before: commands and calls that exist.

Pure data, for `[services.*.rollback]` and for whoever writes one. What stands in capitals in a command is to be filled
in. Many commands that runbooks name do not exist: there is no `railway rollback`, `railway up` has no `--image`,
`docker compose up` has no `-e`.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PlatformRollback:
    """
    How one platform goes back: a *command* (a program and its arguments), or nothing where people have to act.

    *procedure* says the same in one sentence, *takes_s* how long it usually takes, *needs* what must be so.
    *proof* is a command that tells when it is done.
    """

    procedure: str
    command: tuple[str, ...] = ()
    takes_s: float | None = None
    needs: str = ""
    proof: tuple[str, ...] = ()
    possible: bool = True

    @property
    def in_words(self) -> str:
        """The procedure with its command, where that is short enough to be read."""
        return (
            self.procedure
            if not self.command or self.command[0] == "sh"
            else f"{self.procedure}: {' '.join(self.command)}"
        )


_RAILWAY = (
    'curl -fsS https://backboard.railway.com/graphql/v2 -H "Project-Access-Token: $RAILWAY_TOKEN" '
    "-H 'Content-Type: application/json' -d "
    """'{"query": "mutation($id: String!) { deploymentRollback(id: $id) }", "variables": {"id": "DEPLOYMENT_ID"}}'"""
)
"""The mutation returns a Boolean: a selection such as { id status } on it is refused."""

_COOLIFY = (
    "curl -fsS -X POST https://COOLIFY_HOST/api/v1/applications/APPLICATION_UUID/rollback "
    '-H "Authorization: Bearer $COOLIFY_TOKEN" '
    """-H 'Content-Type: application/json' -d '{"commit": "IMAGE_TAG"}'"""
)

PLATFORM_ROLLBACKS = {
    "railway": PlatformRollback(
        "call the deploymentRollback mutation with the id of the last good deployment, or use the dashboard",
        ("sh", "-c", _RAILWAY),
        takes_s=30,
        needs="the deployment has canRollback: true, and its image is still kept",
        proof=("railway", "deployment", "list", "--json"),
    ),
    "vercel": PlatformRollback(
        "roll back to the last good production deployment (instant rollback)",
        ("vercel", "rollback", "DEPLOYMENT_URL"),
        takes_s=5,
        needs="on the Hobby plan only the deployment directly before can be gone back to",
        proof=("vercel", "rollback", "status"),
    ),
    "coolify": PlatformRollback(
        "roll the application back to a former image tag; before Coolify 4.3 only in the dashboard",
        ("sh", "-c", _COOLIFY),
        takes_s=60,
        needs="Coolify 4.3.0 or newer, and the tag among the application's rollback-images",
    ),
    "compose": PlatformRollback(
        "start the former image, named by the variable that the Compose file reads",
        ("env", "IMAGE=FORMER_IMAGE", "docker", "compose", "up", "-d", "--no-build", "--wait", "--wait-timeout", "180"),
        takes_s=60,
        needs="the Compose file takes the image from that variable, and the image is still there",
        proof=("docker", "compose", "ps", "--all", "--format", "json"),
    ),
    "kubernetes": PlatformRollback(
        "undo the rollout, then wait for it",
        ("kubectl", "rollout", "undo", "deployment/NAME"),
        takes_s=60,
        needs="the former ReplicaSet is still in the history (revisionHistoryLimit)",
        proof=("kubectl", "rollout", "status", "deployment/NAME", "--timeout=5m"),
    ),
    "github": PlatformRollback(
        "run the deploy workflow again for the last good tag",
        ("gh", "workflow", "run", "DEPLOY_WORKFLOW.yml", "--ref", "FORMER_TAG"),
        takes_s=300,
        needs="the workflow can be started by hand (workflow_dispatch)",
    ),
    "supabase": PlatformRollback(
        "write a migration that reverses the last one, and push it: nothing undoes a migration by itself",
        ("supabase", "db", "push"),
        takes_s=300,
        needs="a reversing migration that loses no data",
    ),
    "app_store": PlatformRollback(
        "ship a new version: a version that people have installed cannot be taken back", possible=False
    ),
}
"""By platform, as `smoke.environment.platforms.KINDS` calls them, and two components that are no platform."""
