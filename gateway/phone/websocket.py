"""The websocket doors of phone platforms: the upgrade is answered before store, models or bus are touched."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from fastapi import APIRouter, WebSocket
from starlette.responses import Response

from assist.errors import AuthenticationError
from assist.ports import EventBus
from gateway.keys import presented_key, without_key
from gateway.phone.connection import KeyCheck, SourceConnection, SourceMetrics
from gateway.phone.limits import ConnectionLimits
from gateway.phone.proofs import SpentProofs
from gateway.phone.switchboard import Switchboard
from gateway.source_settings import SourcesSettings
from gateway.sources.codec import Handshake
from gateway.sources.door import Clock, Refusal, SourceDoor
from gateway.wire import WebsocketWire

log = logging.getLogger(__name__)

LOST_REQUEST_S = 5.0
"""How long a refused upgrade may take to be written."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """What all doors share."""

    switchboard: Switchboard
    bus: EventBus
    metrics: SourceMetrics
    is_key: Callable[[str | None], Awaitable[bool]]
    settings: SourcesSettings
    public_url: str | None
    """Where the service is for others, without a path; None: as the request says."""
    trusted_proxy: bool
    """Whether the request says it in what a proxy has added."""
    limits: ConnectionLimits
    clock: Clock
    proofs: SpentProofs


def door_routes(doors: Iterable[SourceDoor], exchange: Exchange) -> APIRouter:
    """A route for each door that is on, and below it."""
    router = APIRouter()
    for door in doors:
        if door.is_on(exchange.settings):
            _put_up(router, door, exchange)
    return router


def _put_up(router: APIRouter, door: SourceDoor, exchange: Exchange) -> None:
    # Plain routes: what FastAPI adds to one, dependencies, costs every handshake and is not used.
    async def here(socket: WebSocket) -> None:
        await _serve(socket, door, exchange, socket.path_params.get("rest", ""))

    router.add_websocket_route(door.path, here, name=door.name)
    router.add_websocket_route(door.path + "/{rest:path}", here, name=door.name)
    if door.settings(exchange.settings).unsigned:
        log.warning(
            "a door lets in whoever comes; switch this off where others can reach it", extra={"door": door.name}
        )
        if door.bare_path is not None:
            router.add_websocket_route(door.bare_path, here, name=door.name)


async def _serve(socket: WebSocket, door: SourceDoor, exchange: Exchange, rest: str) -> None:
    """Let a connection in, or refuse its upgrade; then serve it until it ends."""
    settings = exchange.settings
    handshake = handshake_of(socket, without_key(rest), exchange)
    is_unsigned = door.settings(settings).unsigned
    refusal = None if is_unsigned else door.admit(handshake, settings, exchange.clock)
    if refusal is not None:
        await _refuse(socket, door, refusal, exchange.metrics)
        return
    known = door.subprotocols(settings)
    offered: list[str] = socket.scope.get("subprotocols", [])
    await socket.accept(next((name for name in offered if name in known), None))
    check = None
    if not is_unsigned and door.needs_key and not _is_vouched_for(door, handshake, exchange):
        check = _key_check(presented_key(handshake.headers, handshake.query, rest), exchange.is_key)
    await SourceConnection(
        WebsocketWire(socket),
        door.open(handshake, settings, not is_unsigned),
        source=door.name,
        switchboard=exchange.switchboard,
        bus=exchange.bus,
        metrics=exchange.metrics,
        check=check,
        limits=exchange.limits,
    ).serve()


def _is_vouched_for(door: SourceDoor, handshake: Handshake, exchange: Exchange) -> bool:
    proof = door.vouches(handshake, exchange.settings, exchange.clock)
    if proof is None:
        return False
    is_good = exchange.proofs.spend(door.name, proof)
    if not is_good:
        exchange.metrics.remarked(door.name, "proof-spent")
        log.warning("a proof that is good for one connection came again", extra={"source": door.name})
    return is_good


def _key_check(key: str | None, is_key: Callable[[str | None], Awaitable[bool]]) -> KeyCheck:
    async def check() -> None:
        if not await is_key(key):
            raise AuthenticationError("Give a valid API key.")

    return check


async def _refuse(socket: WebSocket, door: SourceDoor, refusal: Refusal, metrics: SourceMetrics) -> None:
    metrics.remarked(door.name, refusal.code)
    log.warning(
        "a connection was refused", extra={"source": door.name, "code": refusal.code, "reason": refusal.message}
    )
    async with asyncio.timeout(LOST_REQUEST_S):
        await socket.send_denial_response(Response(status_code=refusal.status))


def handshake_of(socket: WebSocket, rest: str, exchange: Exchange) -> Handshake:
    """How a connection introduced itself."""
    headers: dict[str, str] = {}
    for name, value in socket.headers.items():
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    raw_query: str = socket.scope.get("query_string", b"").decode("latin-1")
    return Handshake(
        url=_public_url(socket, headers, raw_query, exchange),
        path=socket.scope["path"],
        query=dict(parse_qsl(raw_query, keep_blank_values=True)),
        headers=headers,
        rest=rest,
    )


def _public_url(socket: WebSocket, headers: Mapping[str, str], raw_query: str, exchange: Exchange) -> str:
    """The address that the platform was given; path and query byte for byte as they came."""
    raw_path: bytes = socket.scope.get("raw_path") or socket.scope["path"].encode()
    scheme, host = str(socket.scope["scheme"]), headers.get("host", "")
    if exchange.public_url is not None:
        scheme, _, host = exchange.public_url.partition("://")
    elif exchange.trusted_proxy:
        # A chain of proxies appends; the first is what the platform said.
        scheme = headers.get("x-forwarded-proto", scheme).partition(",")[0].strip()
        host = headers.get("x-forwarded-host", host).partition(",")[0].strip()
    scheme = {"https": "wss", "http": "ws"}.get(scheme, scheme)
    return f"{scheme}://{host}{raw_path.decode('latin-1')}{'?' if raw_query else ''}{raw_query}"
