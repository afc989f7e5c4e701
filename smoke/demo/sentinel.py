"""
A small process that owns the stack's databases and removes every trace when the stack is gone.

It reads one JSON order a line from stdin and answers each with one JSON line. When stdin ends, for whatever reason
(a clean end, a crash, SIGKILL), it stops the processes that it started and deletes the directories named on its
command line. It runs by its path, isolated, with the standard library alone, so that it starts at once.

Orders: ``{"run": [...], "user": 65534, "log": "..."}`` runs a program to its end and answers ``{"status": 0}``;
``{"start": [...], "user": null, "log": "...", "stop": "SIGQUIT"}`` starts a server and answers ``{"pid": 1}``.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import FrameType
from typing import Any

GRACE_S = 3.0


def main(directories: list[str]) -> None:
    """Obey orders until stdin ends, then stop everything and delete *directories*."""
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, _outlive)
    started: list[tuple[subprocess.Popen[bytes], signal.Signals]] = []
    try:
        for line in sys.stdin:
            _answer(_obey(json.loads(line), started))
    finally:
        for process, stop in reversed(started):
            _end(process, stop)
        for directory in directories:
            shutil.rmtree(directory, ignore_errors=True)


def _outlive(_number: int, _frame: FrameType | None) -> None:
    """Let a signal pass: the end of stdin is the only end, and a handler, unlike SIG_IGN, is not inherited."""


def _obey(order: Mapping[str, Any], started: list[tuple[subprocess.Popen[bytes], signal.Signals]]) -> dict[str, Any]:
    try:
        process = _spawn(order.get("run") or order["start"], order.get("user"), order["log"])
    except OSError as error:
        return {"error": str(error)}
    if "run" in order:
        return {"status": process.wait()}
    started.append((process, signal.Signals[order["stop"]]))
    return {"pid": process.pid}


def _spawn(command: list[str], user: int | None, log: str) -> subprocess.Popen[bytes]:
    identity: dict[str, Any] = {} if user is None else {"user": user, "group": user, "extra_groups": []}
    with Path(log).open("ab") as output:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd="/",
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"},
            start_new_session=True,
            **identity,
        )


def _end(process: subprocess.Popen[bytes], stop: signal.Signals) -> None:
    if process.poll() is not None:
        return
    process.send_signal(stop)
    try:
        process.wait(GRACE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _answer(answer: dict[str, Any]) -> None:
    try:
        sys.stdout.write(f"{json.dumps(answer)}\n")
        sys.stdout.flush()
    except BrokenPipeError:  # the stack is gone; stdin is about to end as well
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    main(sys.argv[1:])
