"""What the API lets pages of other origins do, exactly as the settings say."""

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

from smoke.demo.release import Settings


class PagesMayCall(CORSMiddleware):
    """Starlette's middleware, which allows a content type of JSON even where nobody said so; this one does not."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        cors = settings.cors
        super().__init__(
            app,
            allow_origins=[settings.web_origin] if cors.origins is None else cors.origins,
            allow_origin_regex=".*" if cors.any_origin else None,
            allow_credentials=cors.credentials,
            allow_methods=cors.methods,
            allow_headers=cors.headers,
        )
        if not self.allow_all_headers:
            self.allow_headers = [one.lower() for one in cors.headers]
            self.preflight_headers["Access-Control-Allow-Headers"] = ", ".join(cors.headers)
