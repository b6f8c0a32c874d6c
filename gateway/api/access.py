"""The one way into the REST API: a session cookie or an API key turned into a user, and the calls that user may see."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Annotated, cast

from fastapi import Depends, Path, Security
from fastapi.security import APIKeyCookie, APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer
from starlette.requests import HTTPConnection

from assist.errors import AuthenticationError, PermissionDeniedError
from assist.ports import CallSummary
from assist.scope import CallScope
from assist.stores.accounts import User
from gateway.auth import SESSION_COOKIE
from gateway.frames import CALL_ID_PATTERN
from gateway.permissions import API_KEY_USER_ID, Permission, permissions_of, scope_of
from gateway.service import Service

session_cookie = APIKeyCookie(name=SESSION_COOKIE, auto_error=False, description="Session of a browser.")
key_header = APIKeyHeader(name="X-Api-Key", auto_error=False, description="API key of an integrator.")
bearer_key = HTTPBearer(auto_error=False, description="API key of an integrator.")

INTEGRATOR = User(
    user_id=API_KEY_USER_ID,
    name="api-key",
    display_name="API key",
    role="supervisor",
    agent_id=None,
    created_at=datetime.min.replace(tzinfo=UTC),
    disabled=False,
)
"""Who an API key stands for: it sees every call and has no session."""


def service_of(connection: HTTPConnection) -> Service:
    """The service behind the application that answers."""
    return cast(Service, connection.app.state.service)


Served = Annotated[Service, Depends(service_of)]


async def current_user(
    service: Served,
    token: Annotated[str | None, Security(session_cookie)],
    header: Annotated[str | None, Security(key_header)],
    bearer: Annotated[HTTPAuthorizationCredentials | None, Security(bearer_key)],
) -> User:
    """Who is asking. Raises AuthenticationError."""
    user = await service.accounts.session_user(token)
    if user is not None:
        return user
    if await service.accounts.is_key(header or (bearer.credentials if bearer else None)):
        return INTEGRATOR
    raise AuthenticationError("Log in first, or send a valid API key.")


CurrentUser = Annotated[User, Depends(current_user)]


def permitted(permission: Permission) -> Callable[[User], Awaitable[User]]:
    """A dependency that lets pass who may do something. It raises PermissionDeniedError."""

    async def checked(user: CurrentUser) -> User:
        if permission not in permissions_of(user):
            raise PermissionDeniedError(f"This needs the permission {permission!r}, which your role does not have.")
        return user

    return checked


async def visible_call(
    call_id: Annotated[str, Path(pattern=CALL_ID_PATTERN)], service: Served, user: CurrentUser
) -> CallSummary:
    """The call of the path, if this user may see it. Raises NotFoundError "unknown-call", PermissionDeniedError."""
    return await service.seen.call(user, call_id)


def scope(user: CurrentUser) -> CallScope:
    """The calls that whoever asks may see."""
    return scope_of(user)


Scope = Annotated[CallScope, Depends(scope)]
VisibleCall = Annotated[CallSummary, Depends(visible_call)]
