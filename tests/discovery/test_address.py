"""What somebody types becomes an address, a name and a tier."""

import pytest

from smoke.discovery.address import address_of, check_name, name_of, service_names, tier_of
from smoke.errors import UsageError
from smoke.verdict.words import Tier


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("example.com", "https://example.com"),
        ("localhost:3000", "http://localhost:3000"),
        ("127.0.0.1:8000/", "http://127.0.0.1:8000"),
        (" https://example.com/app/?a=1#top ", "https://example.com/app"),
        ("http://[::1]:80/", "http://[::1]:80"),
    ],
)
def test_addresses(typed: str, address: str) -> None:
    """A scheme is added, and what is no part of an address is dropped."""
    assert address_of(typed) == address


@pytest.mark.parametrize("typed", ["", "ftp://example.com", "https://", "https://me:hunter2@example.com", "http://a b"])
def test_what_is_no_address(typed: str) -> None:
    """What cannot be asked is refused in one sentence, which repeats no password."""
    with pytest.raises(UsageError) as refused:
        address_of(typed)
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://www.shop.example.com", "example/prod"),
        ("https://api.example.com", "example/prod"),
        ("https://staging.cartly.io", "cartly/staging"),
        ("https://api-stg.impulseai.app", "impulseai/staging"),
        ("https://pr-7.cartly.io", "cartly/preview"),
        ("http://localhost:3000", "site/dev"),
        ("http://127.0.0.1:3000", "site/dev"),
        ("https://192.0.2.7", "site/prod"),
    ],
)
def test_names(url: str, name: str) -> None:
    """The host tells the system and what it is used for."""
    assert name_of([url]) == name
    assert check_name(name) == name


@pytest.mark.parametrize("name", ["shop", "shop/", "Shop/Prod", "a/b/c", "../x", "a/.b", ""])
def test_names_that_no_file_can_have(name: str) -> None:
    """A name that would lead elsewhere, or that no command could use, is refused."""
    with pytest.raises(UsageError, match="SYSTEM/ENVIRONMENT"):
        check_name(name)


@pytest.mark.parametrize(
    ("name", "url", "tier"),
    [
        ("shop/prod", "https://example.com", Tier.PROD),
        ("shop/production-eu", "https://example.com", Tier.PROD),
        ("shop/staging", "https://example.com", Tier.STAGING),
        ("shop/blue", "https://example.com", Tier.PROD),
        ("shop/prod", "http://example.com", Tier.STAGING),
        ("shop/prod", "http://localhost:1", Tier.PROD),
        ("shop/blue", "http://localhost:1", Tier.DEV),
    ],
)
def test_tiers(name: str, url: str, tier: Tier) -> None:
    """The name decides; what crosses a network in clear text is never called prod, which the loader would refuse."""
    assert tier_of(name, [url]) is tier


def test_service_names() -> None:
    """The first with pages is the web, the first without is the API, and no name comes twice."""
    urls = ["https://www.example.com", "https://api.example.com", "https://auth.example.com", "http://127.0.0.1:1"]
    assert service_names(urls, pages=[True, False, False, False]) == ["web", "api", "auth", "service"]
    assert len(set(service_names(["http://127.0.0.1"] * 4, pages=[False] * 4))) == 4
