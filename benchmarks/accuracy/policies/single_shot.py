"""A pytest file that asks each thing once; any failure makes the deploy bad."""

import asyncio
import os
import sys
from pathlib import Path

from benchmarks.accuracy.policies.site import AFTER_THE_DEPLOY_S, Opinion, Site, wait
from smoke.verdict.words import Word

FILES = Path(__file__).with_name("files")


async def judge(site: Site) -> Opinion:
    """Run pytest as its user would, in a process of its own."""
    await wait(AFTER_THE_DEPLOY_S)
    command = [sys.executable, "-m", "pytest", "-c", "pytest.ini", "-q", "--no-header", "--tb=line", "test_portal.py"]
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=FILES,
        env={**os.environ, "PORTAL_STATE": str(site.state), "PORTAL_COMMIT": site.commit},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        said, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode == 0:
        return Opinion(Word.PASS)
    failed = [
        line.split(" ", 1)[1] for line in said.decode("utf-8", "replace").splitlines() if line.startswith("FAILED")
    ]
    return Opinion(Word.FAIL, "; ".join(failed)[:500] or said.decode("utf-8", "replace")[-300:])
