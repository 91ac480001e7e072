"""The gate before every page: nothing is served to nobody, and nothing is fetched from elsewhere."""

import os
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.services import accounts
from app.services.platform import Platform

COOKIE = "citrus_session"
OPEN = ("/auth/", "/assets/", "/static/", "/api/", "/_stcore/health", "/_stcore/host-config", "/favicon")
"""Paths that anybody may ask for; the API asks for its own proof."""


def content_policy() -> str:
    """Return the content security policy: only this server, and the tile server that the site named itself."""
    tiles = os.environ.get("CITRUS_TILE_URL", "")
    outside = f" {parts.scheme}://{parts.netloc}" if tiles and (parts := urlsplit(tiles)).netloc else ""
    outside = outside.replace("{s}", "*")
    return "; ".join(
        [
            "default-src 'self'",
            # Vega compiles its charts and Streamlit its components in the page
            "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob: data:",
            "style-src 'self' 'unsafe-inline'",
            f"img-src 'self' data: blob:{outside}",
            f"connect-src 'self' ws: wss: data: blob:{outside}",
            "worker-src 'self' blob:",
            "font-src 'self' data:",
            "frame-ancestors 'self'",
            "base-uri 'self'",
            "form-action 'self'",
            "object-src 'none'",
        ]
    )


def security_headers(scheme: str) -> dict[str, str]:
    """Return the headers that every answer carries."""
    headers = {
        "content-security-policy": content_policy(),
        "x-content-type-options": "nosniff",
        "x-frame-options": "SAMEORIGIN",
        "referrer-policy": "same-origin",
        "permissions-policy": "geolocation=(self), camera=(self), microphone=(self)",
        "cross-origin-opener-policy": "same-origin",
    }
    if scheme == "https":
        headers["strict-transport-security"] = "max-age=31536000"
    return headers


def same_origin(headers: Headers) -> bool:
    """Return whether a form was sent from one of our own pages; programs that are no browser send no origin."""
    if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    said = headers.get("origin") or headers.get("referer")
    return said is None or urlsplit(said).netloc == headers.get("host")


class Gate:
    """Send visitors without a session to the sign-in page, and put the security headers on every answer."""

    def __init__(self, app: ASGIApp, home: Platform):
        self.app = app
        self.home = home

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request through, or turn it away."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in security_headers(scope["scheme"]).items():
                    headers.setdefault(name, value)
            await send(message)

        if scope["path"].startswith(OPEN) or await self._known(scope):
            await self.app(scope, receive, send_guarded)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 4401, "reason": "sign in first"})
        elif scope["method"] == "GET" and "text/html" in Headers(scope=scope).get("accept", ""):
            await RedirectResponse("/auth/login", 303)(scope, receive, send_guarded)
        else:
            refusal = {"en": "sign in first", "zh": "请先登录"}
            await JSONResponse(refusal, 401)(scope, receive, send_guarded)

    async def _known(self, scope: Scope) -> bool:
        token = HTTPConnection(scope).cookies.get(COOKIE)
        return token is not None and await run_in_threadpool(accounts.viewer, self.home, token) is not None
