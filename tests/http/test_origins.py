"""Tests of what is one origin and what another."""

import pytest

from smoke.http.origins import origin, same_origin

HERE = "https://shop.test/cart?id=1"


@pytest.mark.parametrize("url", ["https://shop.test", "https://shop.test:443/login", "HTTPS://SHOP.TEST/"])
def test_the_same(url: str) -> None:
    """Path, letter case and a port that is the default make no difference."""
    assert same_origin(url, HERE)


@pytest.mark.parametrize("url", ["http://shop.test/", "https://shop.test:8443/", "https://www.shop.test/", "/cart", ""])
def test_another(url: str) -> None:
    """Another scheme, port or host is another origin; so is an address without any."""
    assert not same_origin(url, HERE)


@pytest.mark.parametrize("url", ["https://shop.test:port/", "https://[shop.test/", "https://shop.test:99999/"])
def test_no_address(url: str) -> None:
    """What is no address has no origin, and not even its own."""
    assert origin(url) is None
    assert not same_origin(url, url)
