"""A Celery application for tests: `python -m celery -A tests.dependencies.celery_app worker` works on its queue."""

import os
import time

from celery import Celery  # type: ignore[import-untyped]  # it ships no types

app = Celery("emails", broker=os.environ.get("CELERY_BROKER", "redis://127.0.0.1:1/0"))
app.conf.task_default_queue = "emails"
app.conf.broker_connection_retry_on_startup = True
app.conf.worker_prefetch_multiplier = 1


@app.task(name="hold", acks_late=True)  # type: ignore[untyped-decorator]  # it ships no types
def hold(seconds: float) -> None:
    """Work for some *seconds*."""
    time.sleep(seconds)
