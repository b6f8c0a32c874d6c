"""Routes that are no REST: the two websockets, and the probes of operators."""

from __future__ import annotations

import time
from typing import Literal

from fastapi import APIRouter, Response, WebSocket
from pydantic import BaseModel

from gateway.desk import DeskLimits, ServerInfo, serve_desk
from gateway.ingest import IngestLimits, serve_ingest
from gateway.metrics import CONTENT_TYPE, DeskMetrics, IngestMetrics, SourceMetrics
from gateway.outbox import OutboxLimits
from gateway.person_socket import SocketLimits
from gateway.phone.limits import ConnectionLimits
from gateway.phone.proofs import SpentProofs
from gateway.phone.websocket import Exchange, door_routes
from gateway.readiness import Part
from gateway.service import Service
from gateway.settings import LimitSettings
from gateway.shield import Addresses
from gateway.softphone import softphone_routes
from gateway.sources.catalogue import source_doors
from gateway.sources.native import NativeLimits
from gateway.version import livecue_version
from gateway.visitors import let_in


class Alive(BaseModel):
    status: Literal["alive"] = "alive"
    version: str


class Ready(BaseModel):
    status: Literal["ready", "not-ready"]
    parts: dict[str, Part]


def probe_routes(service: Service) -> APIRouter:
    """For load balancers and Prometheus; bind them privately."""
    router = APIRouter(tags=["probes"])

    @router.get("/healthz")
    async def alive() -> Alive:
        """The process answers."""
        return Alive(version=livecue_version())

    @router.get("/readyz", responses={503: {"model": Ready}})
    async def ready(response: Response) -> Ready:
        """New calls can be served; with the state of every part."""
        parts = service.parts
        is_ready = all(part.takes_calls for part in parts.values())
        response.status_code = 200 if is_ready else 503
        return Ready(status="ready" if is_ready else "not-ready", parts=parts)

    if service.settings.metrics:

        @router.get("/metrics", response_class=Response)
        async def metrics() -> Response:
            """Prometheus text format."""
            return Response(service.metrics.text(), media_type=CONTENT_TYPE)

    return router


def socket_routes(service: Service, addresses: Addresses) -> APIRouter:
    """Phone platforms and desks."""
    router = APIRouter()
    ingest_metrics, desk_metrics = IngestMetrics(service.metrics), DeskMetrics(service.metrics)
    ingest_limits, desk_limits = ingest_limits_of(service.settings.limits), desk_limits_of(service.settings.limits)
    server = ServerInfo(name="livecue", version=livecue_version())

    async def ingest(socket: WebSocket) -> None:
        await serve_ingest(
            socket,
            supervisor=service.supervisor,
            authenticate=service.accounts.is_key,
            store=service.store,
            bus=service.bus,
            turn=service.switchboard.turn,
            metrics=ingest_metrics,
            limits=ingest_limits,
        )

    router.add_websocket_route("/ingest/v1", ingest)  # plain, like the doors of phone platforms

    @router.websocket("/desk/v1")
    async def desk(socket: WebSocket) -> None:
        visitor = await let_in(socket, service.accounts, addresses)
        if visitor is None:
            return
        with service.sessions.watching(visitor.token, visitor.user) as session:
            await serve_desk(
                socket,
                session=session,
                seen=service.seen,
                bus=service.bus,
                metrics=desk_metrics,
                limits=desk_limits,
                server=server,
            )

    router.include_router(source_routes(service))
    router.include_router(softphone_routes(service, addresses, metrics=ingest_metrics, limits=ingest_limits))
    return router


def source_routes(service: Service) -> APIRouter:
    """Phone platforms that speak their own protocols."""
    settings = service.settings
    exchange = Exchange(
        switchboard=service.switchboard,
        bus=service.bus,
        metrics=SourceMetrics(service.metrics),
        is_key=service.accounts.is_key,
        settings=settings.sources,
        public_url=settings.public_url,
        trusted_proxy=settings.trusted_proxy,
        limits=ConnectionLimits(message_bytes=settings.limits.frame_bytes),
        clock=time.time,
        proofs=SpentProofs(clock=time.time),
    )
    return door_routes(source_doors(), exchange)


def ingest_limits_of(limits: LimitSettings) -> IngestLimits:
    """The settings as the ingest door wants them."""
    native = NativeLimits(
        max_frame_bytes=limits.frame_bytes,
        texts_per_s=limits.text_messages_per_s,
        open_timeout_s=limits.open_timeout_s,
        max_ahead_s=limits.ahead_s,
    )
    return IngestLimits(native=native, grace_s=limits.grace_s)


def desk_limits_of(limits: LimitSettings) -> DeskLimits:
    """The settings as the desk door wants them."""
    outbox = OutboxLimits(events=limits.desk_queue, slow_after_s=limits.desk_stall_s)
    return DeskLimits(outbox=outbox, socket=SocketLimits(texts_per_s=limits.text_messages_per_s))
