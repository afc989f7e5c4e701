"""Which provider's edge gave an answer, by its headers: a description for people, never evidence by itself."""

from smoke.http import Exchange

_HEADERS = {
    "cf-ray": "Cloudflare",
    "x-amz-cf-id": "Amazon CloudFront",
    "x-vercel-id": "Vercel",
    "x-nf-request-id": "Netlify",
    "x-azure-ref": "Azure Front Door",
    "x-fastly-request-id": "Fastly",
    "x-akamai-request-id": "Akamai",
    "fly-request-id": "Fly",
}
_WORDS = {
    "cloudflare": "Cloudflare",
    "cloudfront": "Amazon CloudFront",
    "vercel": "Vercel",
    "netlify": "Netlify",
    "akamaighost": "Akamai",
    "varnish": "Varnish",
}
"""Words in `server` and `via`."""


def provider(exchange: Exchange) -> str | None:
    """Return the provider that names itself in the headers of an answer."""
    headers = exchange.headers
    named = next((name for header, name in _HEADERS.items() if header in headers), None)
    said = f"{headers.get('server', '')} {headers.get('via', '')}".lower()
    return named or next((name for word, name in _WORDS.items() if word in said), None)
