"""What an answer of a foreign system can be like, where yes or no is all there is to say."""

from enum import Enum


class Quirk(Enum):
    """One thing that a replica says otherwise than it should, or than one expects; the value says what."""

    CACHED_HEALTH = "a cache answers for the health, and says how old the answer is"
    FROZEN_TIME = "the health was rendered once, when the image was built"
    NO_VERSION = "npm's variable for the version is not there, so the key is missing"
    OTHER_ENV = "it calls itself another environment"
    SHORT_SHA = "seven digits of the commit are told, not forty"
    PREFIXED_SHA = "the commit is told as the image tag, `prod-` and the commit"
    PRE_RELEASE = "the version is a pre-release"
    OTHER_COMMIT = "it tells a commit that nobody announced"
    PART_DOWN = "its cache cannot be reached"
    LIVENESS_LOST = "it says that it is not alive"
    PAGE_FOR_HEALTH = "a page with status 200 answers every address that is not there, the health's too"
    NOT_READY = "what it needs before it may serve throws"
    READY_IN_WORDS = "the parts say `ok` instead of what their drivers return"
    KEY_IS_NOT_ASKED = "no key is asked for"
    FORCE_UPDATE_IS_OFF = "no minimum version of apps is told"
    NEW_ISSUES = "Sentry sees an issue that it never saw before"
    ERRORS_HIGH = "Prometheus sees seven requests of a hundred fail"
    MEMORY_HIGH = "Prometheus sees 93 % of the memory taken"
    METRICS_LOST = "Prometheus cannot scrape one of the replicas"
    ALERT_FIRES = "Alertmanager has a critical alert since the deploy"
    LOGS_LOST = "no line arrives in Loki any more"
    LOGS_FULL_OF_ERRORS = "Loki has two hundred times as many errors as before"
    NOT_ANNOUNCED = "nobody wrote of the deploy in Slack"
    WORKER_DOWN = "the worker has lost its queue"
