"""A loop of `curl -f` on the health of API and web: good as soon as both answer, bad if they never do."""

import httpx

from benchmarks.accuracy.policies.site import API, WEB, Opinion, Site, wait
from smoke.verdict.words import Word

HEALTH = (f"{API}/health", f"{WEB}/_health")


async def five_times(site: Site) -> Opinion:
    """Try five times, five seconds apart."""
    return await _try(site, tries=5, apart_s=5.0)


async def thirty_times(site: Site) -> Opinion:
    """Try thirty times, two seconds apart."""
    return await _try(site, tries=30, apart_s=2.0)


async def _try(site: Site, tries: int, apart_s: float) -> Opinion:
    wrong = ""
    async with site.client() as client:
        for turn in range(tries):
            if turn:
                await wait(apart_s)
            wrong = await _wrong(client)
            if not wrong:
                return Opinion(Word.PASS)
    return Opinion(Word.FAIL, f"{tries} times in a row: {wrong}")


async def _wrong(client: httpx.AsyncClient) -> str:
    """Return what is wrong, or nothing; redirects are not followed and count as good, as with `curl -f`."""
    for url in HEALTH:
        try:
            answer = await client.get(url)
        except httpx.TransportError as error:
            return f"{url}: {type(error).__name__}"
        if answer.status_code >= httpx.codes.BAD_REQUEST:
            return f"{url}: {answer.status_code}"
    return ""
