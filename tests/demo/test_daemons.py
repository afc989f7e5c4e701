"""PostgreSQL is found, and copied where its own user could not reach it."""

import asyncio
import subprocess
from pathlib import Path

import psycopg
import pytest

from smoke.demo.daemons import Sentinel, _copied, _open_to_everybody, _postgres_programs
from smoke.demo.database import Pool, connect, connect_when_ready
from smoke.demo.endurance import Pooling
from smoke.demo.errors import StackError


def test_a_private_directory_is_not_open_to_everybody(tmp_path: Path) -> None:
    """One closed directory on the way is enough."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    program = closed / "program"
    program.touch(mode=0o755)
    assert not _open_to_everybody(program)
    assert _open_to_everybody(Path("/bin/sh"))


def test_a_copy_of_postgres_runs(tmp_path: Path) -> None:
    """The copy finds its libraries."""
    programs = _postgres_programs(tmp_path, foreign_user=False)
    copy = _copied(programs.parent, tmp_path) / "bin" / "initdb"
    assert tmp_path in copy.parents
    said = subprocess.run([str(copy), "--version"], capture_output=True, text=True, check=True)
    assert said.stdout.startswith("initdb (PostgreSQL) 18")


def test_a_program_that_fails_is_said_with_its_log(tmp_path: Path) -> None:
    """The error has the program's name, its status and its last words."""

    async def run() -> None:
        sentinel = await Sentinel.start()
        try:
            with pytest.raises(StackError, match="sh ended with status 2: last words"):
                await sentinel.run(["/bin/sh", "-c", "echo last words; exit 2"], user=None, log=tmp_path / "log")
        finally:
            await sentinel.close()

    asyncio.run(run())


def test_a_server_that_never_comes_is_given_up(tmp_path: Path) -> None:
    """Waiting for PostgreSQL ends with a sentence."""
    with pytest.raises(StackError, match=r"no connection within 0\.1 s"):
        asyncio.run(connect_when_ready(f"postgresql://postgres@/postgres?host={tmp_path}", timeout_s=0.1))
    with pytest.raises(psycopg.OperationalError):
        asyncio.run(connect(f"postgresql://postgres@/postgres?host={tmp_path}"))


def test_a_pool_without_a_server_stays_usable(tmp_path: Path) -> None:
    """A connection that could not be opened does not use up the pool."""

    async def run() -> None:
        pool = Pool(f"postgresql://postgres@/postgres?host={tmp_path}", Pooling(1))
        for _ in range(2):
            with pytest.raises(psycopg.OperationalError):
                await pool.rows("SELECT 1")
        await pool.close()

    asyncio.run(run())
