"""The one way in for a browser's websocket: a page of this service, a session, and what its user may do."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.websockets import WebSocket

from assist.stores.accounts import User
from gateway.auth import SESSION_COOKIE, Accounts
from gateway.desk_messages import Error
from gateway.permissions import Permission, permissions_of
from gateway.shield import Addresses

NO_SESSION_CLOSE = 4401
NOT_LET_IN_CLOSE = 4403


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who is at the other end of a socket that may be served."""

    token: str
    """Of the session; told to nobody."""
    user: User


async def let_in(
    socket: WebSocket, accounts: Accounts, addresses: Addresses, *, permission: Permission | None = None
) -> Visitor | None:
    """Who wants to come in; None: was turned away, told why in a way that a browser can read. Raises StoreError."""
    host, origin = socket.headers.get("host"), socket.headers.get("origin")
    if not addresses.knows_host(host) or not addresses.trusts_origin(origin, host):
        await turn_away(socket, NOT_LET_IN_CLOSE, "foreign-origin", "Pages of another site may not connect.")
        return None
    token = socket.cookies.get(SESSION_COOKIE, "")
    user = await accounts.session_user(token)
    if user is None:
        await turn_away(socket, NO_SESSION_CLOSE, "not-authenticated", "Log in first.")
        return None
    if permission is not None and permission not in permissions_of(user):
        message = f"This needs the permission {permission!r}, which your role does not have."
        await turn_away(socket, NOT_LET_IN_CLOSE, "not-permitted", message)
        return None
    return Visitor(token, user)


async def turn_away(socket: WebSocket, close_code: int, code: str, message: str) -> None:
    """Say why, then close: a browser cannot read the status of a refused upgrade."""
    await socket.accept()
    await socket.send_text(Error(code=code, message=message).model_dump_json(exclude_none=True))
    await socket.close(close_code, code)
