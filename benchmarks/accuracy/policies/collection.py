"""A collection of requests, each made once, with its status and the schema of its answer; as newman runs it."""

import httpx
from jsonschema import ValidationError, validate

from benchmarks.accuracy.policies.requests import COLLECTION, Listed
from benchmarks.accuracy.policies.site import AFTER_THE_DEPLOY_S, Opinion, Site, wait
from smoke.verdict.words import Word


async def judge(site: Site) -> Opinion:
    """Run through all requests once; any that is not as it should be makes the run fail."""
    await wait(AFTER_THE_DEPLOY_S)
    wrong = []
    async with site.client() as client:  # it keeps cookies, as a collection runner does
        for listed in COLLECTION:
            found = await _wrong(client, site, listed)
            if found:
                wrong.append(f"{listed.name}: {found}")
    return Opinion(Word.FAIL, "; ".join(wrong)) if wrong else Opinion(Word.PASS)


async def _wrong(client: httpx.AsyncClient, site: Site, listed: Listed) -> str:
    try:
        answer = await _ask(client, site, listed)
        if answer.status_code != httpx.codes.OK:
            return f"status {answer.status_code}"
        if listed.schema is not None:
            validate(answer.json(), listed.schema)
        elif listed.contains not in answer.text:
            return f"does not contain {listed.contains!r}"
    except httpx.TransportError as error:
        return type(error).__name__
    except (ValueError, ValidationError) as error:
        return f"not the schema: {getattr(error, 'message', error)}"[:200]
    return ""


async def _ask(client: httpx.AsyncClient, site: Site, listed: Listed) -> httpx.Response:
    if not listed.logs_in:
        return await client.get(listed.url)
    who = {"email": site.file("customer-user"), "password": site.file("customer-password")}
    return await client.post(listed.url, json=who)
