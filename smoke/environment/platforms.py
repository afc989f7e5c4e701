"""Where the deployment is made: the platform whose API or command tells its state and duration."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from smoke.environment._model import REPOSITORY, VARIABLE, Kind, Model, Name, Path, Seconds, Secret, Text, exactly_one
from smoke.environment.addresses import BaseUrl

KINDS = ("railway", "vercel", "coolify", "compose", "kubernetes", "github")
"""The platforms, by the key that configures each."""

Variable = Annotated[str, Field(pattern=VARIABLE), Kind("variable name")]
Repository = Annotated[str, Field(pattern=REPOSITORY), Kind("owner/name")]


class Railway(Model):
    """
    A service at Railway, asked over its GraphQL API; only read.

    ```toml
    [platforms.api]
    service = "api"
    railway = { project_id = "…", environment_id = "…", service_id = "…", token = { env = "RAILWAY_TOKEN" } }
    ```
    """

    project_id: Text = Field(description="the project's id")
    environment_id: Text = Field(description="the environment's id")
    service_id: Text = Field(description="the service's id")
    token: Secret = Field(description="a token that may read the project")
    scope: Literal["project", "account"] = Field(
        "project", description="what the token is for; one of an account, a workspace or OAuth goes as a bearer token"
    )
    url: BaseUrl = Field("https://backboard.railway.com", description="the API")
    path: Path = Field("/graphql/v2", description="where GraphQL is answered")


class Vercel(Model):
    """
    A project at Vercel. READY is not live: it must be promoted and have its aliases.

    ```toml
    [platforms.web]
    service = "web"
    vercel = { project_id = "prj_…", team_id = "team_…", token = { env = "VERCEL_TOKEN" } }
    ```
    """

    project_id: Text = Field(description="the project's id or name")
    team_id: Text | None = Field(None, description="the team that owns it")
    target: Literal["production", "preview"] = Field("production", description="which of its deployments count")
    token: Secret = Field(description="a token that may read the project")
    url: BaseUrl = Field("https://api.vercel.com", description="the API")


class Coolify(Model):
    """
    An application at Coolify. That a deployment was queued says nothing of whether it was made.

    ```toml
    [platforms.api.coolify]
    url = "https://coolify.example.com"
    application = "…uuid…"
    deployment_variable = "COOLIFY_DEPLOYMENT_UUID"      # what the deploy step was answered; may be unset
    token = { env = "COOLIFY_TOKEN" }
    ```
    """

    url: BaseUrl = Field(description="the installation, without /api/v1")
    application: Text = Field(description="the application's uuid")
    deployment_variable: Variable | None = Field(
        None,
        description="the environment variable in which the deploy step left its deployment_uuid; a uuid that does not "
        "exist is not used",
    )
    token: Secret = Field(description="a token with the ability `read`")


class Compose(Model):
    """
    A Docker Compose project, asked by a command on this machine, which is run only because it is configured here.

    ```toml
    [platforms.vps.compose]
    command = ["ssh", "deploy@vps.example.com", "docker", "compose"]
    project = "shop"
    services = ["web", "worker"]
    ```
    """

    command: tuple[Text, ...] = Field(
        ("docker", "compose"), min_length=1, description="how Compose is called; `ps --all --format json` is added"
    )
    project: Text | None = Field(None, description="the project's name")
    files: tuple[Text, ...] = Field((), description="its Compose files")
    services: tuple[Text, ...] = Field((), description="its services that must run; all that there are without it")


class Kubernetes(Model):
    """
    A Deployment in Kubernetes, read with kubectl on this machine, or from the API server if `api` is given.

    ```toml
    [platforms.api.kubernetes]
    namespace = "shop"
    deployment = "api"
    api = "https://k8s.example.com:6443"                  # without it: kubectl get deployment/api -o json
    token = { env = "K8S_TOKEN" }
    ```
    """

    namespace: Text = Field("default", description="its namespace")
    deployment: Text = Field(description="its name")
    command: tuple[Text, ...] = Field(
        ("kubectl",), min_length=1, description="how kubectl is called, with the context if need be; used without `api`"
    )
    api: BaseUrl | None = Field(None, description="the API server, instead of the command")
    token: Secret | None = Field(None, description="a token that may get the Deployment; needed with `api`")

    @model_validator(mode="after")
    def _token_with_api(self) -> Self:
        if (self.api is None) is not (self.token is None):
            raise ValueError("found only one of 'api' and 'token', but they are used together; add the other one")
        return self


class Github(Model):
    """
    Deployments as GitHub keeps them, with their statuses, and the approval that a workflow run may wait for.

    Within a workflow the run that verifies is known: its own deployment is not waited for.

    ```toml
    [platforms.pipeline.github]
    repository = "acme/shop"
    environment = "production"
    token = { env = "GITHUB_TOKEN" }
    ```
    """

    repository: Repository = Field(description="the repository")
    environment: Text = Field("production", description="the environment's name there")
    run_variable: Variable = Field(
        "GITHUB_RUN_ID", description="the environment variable that holds the id of the workflow run, if it is set"
    )
    token: Secret = Field(description="a token that may read deployments and actions")
    url: BaseUrl = Field("https://api.github.com", description="the API")


class Platform(Model):
    """
    Where a service is deployed: exactly one of the platforms.

    `deployment/<name>` waits while the deployment of the release is under way, and fails if the platform says that it
    failed or crashed. `pre-release/<name>` counts even with `gating = false`: where pre-releases are forbidden, the tag
    of the deployed image is none; where it is not told, a version has to be. `deployment-time/<name>` is advisory: it
    says when the deployment took longer than `longest_s`. A platform that cannot be asked decides nothing.

    ```toml
    [platforms.web]
    service = "web"
    longest_s = 600
    severity = "SEV-2"
    vercel = { project_id = "prj_…", token = { env = "VERCEL_TOKEN" } }
    ```
    """

    service: Name | None = Field(None, description="the service that is deployed there")
    railway: Railway | None = Field(None, description="Railway")
    vercel: Vercel | None = Field(None, description="Vercel")
    coolify: Coolify | None = Field(None, description="Coolify")
    compose: Compose | None = Field(None, description="Docker Compose")
    kubernetes: Kubernetes | None = Field(None, description="Kubernetes")
    github: Github | None = Field(None, description="GitHub deployments")
    gating: bool = Field(True, description="whether its failure counts for the verdict")
    longest_s: Seconds = Field(600.0, description="how long a deployment may take")
    severity: Text | None = Field(None, description="how bad a longer one is, in the team's words, e.g. `SEV-2`")
    every_s: Seconds = Field(5.0, description="pause between looks while it is under way")

    @model_validator(mode="after")
    def _one_platform(self) -> Self:
        exactly_one(self, *KINDS)
        return self

    @property
    def kind(self) -> str:
        """The key of the platform that is configured."""
        return next(one for one in KINDS if getattr(self, one) is not None)
