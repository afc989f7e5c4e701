"""The requests of the benchmark as plain pytest tests."""

import os

import httpx
import pytest

ITEMS = 20
URL = os.environ["BENCH_URL"]


@pytest.mark.parametrize("number", range(int(os.environ["BENCH_CHECKS"])))
def test_answers(number: int) -> None:
    """The page shows its landmark, or the read holds its items."""
    if number % 2:
        page = httpx.get(f"{URL}/page/{number}")
        assert page.status_code == httpx.codes.OK
        assert "Customer Portal" in page.text
    else:
        read = httpx.get(f"{URL}/read/{number}")
        assert read.status_code == httpx.codes.OK
        assert len(read.json()["items"]) >= ITEMS
