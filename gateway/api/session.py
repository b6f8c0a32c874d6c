"""Logging in and out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Cookie, Request, Response

from assist.errors import AuthenticationError, OverloadedError
from gateway.api.access import CurrentUser, Served
from gateway.api.models import Credentials, SessionUser
from gateway.auth import SESSION_COOKIE

log_in_routes = APIRouter(tags=["session"])
"""The only route that needs no session."""

session_routes = APIRouter(tags=["session"])


@log_in_routes.post("/session")
async def log_in(credentials: Credentials, service: Served, request: Request, response: Response) -> SessionUser:
    """Log in; sets the session cookie."""
    address = address_of(request, trusted_proxy=service.settings.trusted_proxy)
    try:
        opened = await service.accounts.log_in(credentials.name, credentials.password, address=address)
    except (AuthenticationError, OverloadedError) as error:
        service.metrics.logins.labels(result=error.code).inc()
        raise
    service.metrics.logins.labels(result="ok").inc()
    response.set_cookie(
        SESSION_COOKIE,
        opened.token,
        max_age=int(service.settings.session.lifetime_s),
        httponly=True,
        samesite="lax",
        secure=service.settings.is_https,
    )
    return SessionUser.of(opened.user)


def address_of(request: Request, *, trusted_proxy: bool) -> str:
    """Where a request comes from: the peer, or whom the proxy in front says that it had at its door."""
    forwarded = ",".join(request.headers.getlist("x-forwarded-for")) if trusted_proxy else ""
    # A client may have sent the header already; what the proxy itself saw is at the end.
    seen = forwarded.rpartition(",")[2].strip()
    return seen or (request.client.host if request.client else "")


@session_routes.get("/session")
async def who_am_i(user: CurrentUser) -> SessionUser:
    """The user behind the session or key."""
    return SessionUser.of(user)


@session_routes.delete("/session", status_code=204)
async def log_out(
    service: Served, response: Response, token: Annotated[str | None, Cookie(alias=SESSION_COOKIE)] = None
) -> None:
    """End the session."""
    if token is not None:
        await service.accounts.log_out(token)
    response.delete_cookie(SESSION_COOKIE, httponly=True, samesite="lax", secure=service.settings.is_https)
