"""What stands between the network and the routes: hosts, origins, sizes, headers; pure ASGI, no route knows of it.

Browsers are held to the addresses the operator named: a foreign Host is DNS rebinding, a foreign Origin is another
site using the agent's cookie. Doors with their own keys (/ingest) and probes are open to any Host.
"""

from __future__ import annotations

import asyncio
import ipaddress
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.metrics import Metrics

OPEN_PATHS = ("/ingest/", "/healthz", "/readyz", "/metrics")
"""Doors that machines use under whatever name reaches us."""

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

SECURITY_HEADERS = {
    "content-security-policy": (
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:;"
        " font-src 'self' data:; media-src 'self' blob:; worker-src 'self' blob:; connect-src 'self' ws: wss:;"
        " object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(self), display-capture=(self)",
}
"""'unsafe-inline' styles are what Ant Design's CSS-in-JS needs; scripts come from files only. Microphone and shared
sound are for the softphone: one page holds the whole app, so its own origin may ask the user for them, and no other."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """The names under which browsers may reach the service, and the origins whose pages may use it."""

    hosts: frozenset[str]
    origins: frozenset[str]

    @classmethod
    def of(cls, host: str, public_url: str | None, allowed_origins: Iterable[str]) -> Addresses:
        """Loopback names, the address listened on, and what the operator named."""
        origins = frozenset(origin.rstrip("/").lower() for origin in (*allowed_origins, *filter(None, [public_url])))
        named = {urlsplit(origin).hostname or "" for origin in origins}
        return cls(hosts=frozenset({"localhost", host.lower()} | named), origins=origins)

    def knows_host(self, header: str | None) -> bool:
        """Whether a Host header names this service; loopback addresses always do."""
        parts = _split(f"//{header or ''}")
        if parts is None or parts.hostname is None:
            return False
        return parts.hostname in self.hosts or _is_loopback(parts.hostname)

    def trusts_origin(self, origin: str | None, host: str | None) -> bool:
        """Whether a page of this origin may act for the user; None comes from programs, which send no Origin."""
        if origin is None:
            return True
        if origin.lower() in self.origins:
            return True
        parts = _split(origin)
        if parts is None or parts.scheme not in ("http", "https"):
            return False
        return parts.netloc.lower() == (host or "").lower()


def _split(url: str) -> SplitResult | None:
    """The parts of a URL; None if it has none, such as one with half an IPv6 address."""
    try:
        return urlsplit(url)
    except ValueError:
        return None


def _is_loopback(name: str) -> bool:
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


class Shield:
    """Refuses foreign hosts and origins and oversized bodies, adds security headers, measures."""

    def __init__(self, app: ASGIApp, *, addresses: Addresses, body_limit_bytes: int, metrics: Metrics) -> None:
        self._app = app
        self._addresses = addresses
        self._body_limit_bytes = body_limit_bytes
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = _Exchange(send, started_s=asyncio.get_running_loop().time())
        headers = Headers(scope=scope)
        refusal = self._refusal(scope, headers)
        if refusal is not None:
            await _refuse(exchange.send, *refusal)
        else:
            body = _BoundedBody(receive, self._body_limit_bytes)
            await self._app(scope, body.receive, exchange.send)
        route = _route_template(scope)
        seconds = asyncio.get_running_loop().time() - exchange.started_s
        self._metrics.http_requests.labels(route=route, status=str(exchange.status or 500)).inc()
        self._metrics.http_s.labels(route=route).observe(seconds)

    def _refusal(self, scope: Scope, headers: Headers) -> tuple[int, str, str] | None:
        path: str = scope["path"]
        host = headers.get("host")
        if not path.startswith(OPEN_PATHS) and not self._addresses.knows_host(host):
            return 400, "bad-host", "This name is not known here; the operator can set LIVECUE_PUBLIC_URL."
        if scope["method"] not in SAFE_METHODS and not self._addresses.trusts_origin(headers.get("origin"), host):
            return 403, "foreign-origin", "Pages of another site may not do this."
        length = headers.get("content-length", "0")
        if length.isdecimal() and int(length) > self._body_limit_bytes:
            return _TOO_LARGE
        return None


_TOO_LARGE = (413, "body-too-large", "The body of the request is too large.")


@dataclass(slots=True)
class _Exchange:
    """The answer on its way out."""

    forward: Send
    started_s: float
    status: int = field(default=0, init=False)

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            for name, value in SECURITY_HEADERS.items():
                headers.setdefault(name, value)
        await self.forward(message)


class _BoundedBody:
    """Counts what a client sends, whatever length it announced."""

    def __init__(self, receive: Receive, limit_bytes: int) -> None:
        self._receive = receive
        self._left_bytes = limit_bytes

    async def receive(self) -> Message:
        message = await self._receive()
        self._left_bytes -= len(message.get("body", b""))
        if self._left_bytes < 0:
            raise HTTPException(_TOO_LARGE[0], _TOO_LARGE[2].rstrip("."))
        return message


async def _refuse(send: Send, status: int, code: str, text: str) -> None:
    body = json.dumps({"error": {"code": code, "message": text}}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _route_template(scope: Scope) -> str:
    """The path with its parameters' names instead of their values: few labels, whatever is asked for."""
    if "endpoint" not in scope:
        return "other"
    names = {str(value): name for name, value in scope.get("path_params", {}).items()}
    if "path" in names.values():
        return "/{path}"
    segments: list[str] = scope["path"].split("/")
    return "/".join(f"{{{names[segment]}}}" if segment in names else segment for segment in segments)
