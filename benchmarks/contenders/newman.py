"""newman: a Postman collection, which is how many teams look at an API after a deploy."""

import json
from pathlib import Path
from typing import Any

from benchmarks.contenders.job import Job
from benchmarks.measure import Contender

_PAGE = """pm.test("landmark", () => {
  pm.response.to.have.status(200);
  pm.expect(pm.response.text()).to.include("Customer Portal");
});"""
_READ = """pm.test("items", () => {
  pm.response.to.have.status(200);
  pm.expect(pm.response.json().items.length).to.be.at.least(20);
});"""
_SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"


def contender(job: Job, node: Path) -> Contender:
    """Return the run of a collection made for *job*; *node* is where `node_modules` lies."""
    collection = job.place("newman") / "collection.json"
    items = [_item(job.url, number) for number in range(job.checks)]
    content = {"info": {"name": "checks", "schema": _SCHEMA}, "item": items}
    collection.write_text(json.dumps(content), encoding="utf-8")
    return Contender(
        "newman",
        [str(node / "node_modules/.bin/newman"), "run", str(collection), "--reporters", "cli"],
        collection.parent,
        yardstick=True,
    )


def _item(url: str, number: int) -> dict[str, Any]:
    path, script = (f"page/{number}", _PAGE) if number % 2 else (f"read/{number}", _READ)
    return {
        "name": path,
        "request": {"method": "GET", "url": f"{url}/{path}"},
        "event": [{"listen": "test", "script": {"exec": script.splitlines()}}],
    }
