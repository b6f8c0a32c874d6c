"""Who is asking: passwords, sessions and API keys. Secrets are shown once and stored as hashes only."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from assist.errors import AuthenticationError, InputError, NotFoundError, OverloadedError, StoreError
from assist.notice import Notice
from assist.stores.accounts import AccountStore, ApiKey, Role, User
from gateway.known_sessions import KnownSessions
from gateway.settings import SessionSettings
from gateway.throttle import FailureThrottle

SESSION_COOKIE = "livecue_session"
KEY_PREFIX = "lc_"
SECRET_BYTES = 32
MIN_PASSWORD_CHARS = 8
MAX_PASSWORD_CHARS = 200
"""Longer ones only cost time to hash."""

HASHES_AT_ONCE = 2
"""Bound on the memory of argon2 (64 MiB each) and on the threads it takes."""


@dataclass(frozen=True, slots=True)
class LogIn:
    """A fresh session; ``token`` is in no store."""

    token: str
    user: User
    expires_at: datetime


class Accounts:
    """Answers who is asking, and manages users and keys.

    ``clock_s`` is a monotonic clock for the throttle, ``now`` gives aware UTC times for sessions.
    """

    def __init__(
        self,
        store: AccountStore,
        settings: SessionSettings,
        *,
        hasher: PasswordHasher | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._settings = settings
        self._hasher = hasher or PasswordHasher()
        self._now = now
        self._clock_s = clock_s
        self._throttle = FailureThrottle(failure_limit=settings.failed_logins, window_s=settings.failed_login_window_s)
        self._hashing = asyncio.Semaphore(HASHES_AT_ONCE)
        self._trusted_keys: set[str] = set()
        self._known_sessions = KnownSessions()
        self.sessions_changed = Notice()
        """Told when this process has ended sessions, or changed who holds them."""
        self._nobody = self._hasher.hash(secrets.token_urlsafe(SECRET_BYTES))

    # --- sessions --------------------------------------------------------------------------------------------------

    async def log_in(self, name: str, password: str, *, address: str) -> LogIn:
        """Check a password and open a session.

        Raises AuthenticationError "wrong-credentials", OverloadedError "too-many-logins".
        """
        key = (name, address)
        wait_s = self._throttle.blocked_for_s(key, self._clock_s())
        if wait_s > 0:
            raise OverloadedError(
                "Too many failed log-ins; wait some minutes.", code="too-many-logins", retry_after_s=wait_s
            )
        known = await self._store.user_by_name(name)
        user, password_hash = known if known is not None else (None, self._nobody)
        is_right = await self._verify(password_hash, password)
        if user is None or not is_right or user.disabled:
            self._throttle.failed(key, self._clock_s())
            raise AuthenticationError("The name or the password is wrong.", code="wrong-credentials")
        self._throttle.succeeded(key)
        now = self._now()
        token = secrets.token_urlsafe(SECRET_BYTES)
        expires_at = now + timedelta(seconds=self._settings.lifetime_s)
        await self._store.purge_sessions(now)
        await self._store.add_session(_digest(token), user.user_id, expires_at)
        self._known_sessions.see(_digest(token), user, self._clock_s())
        return LogIn(token=token, user=user, expires_at=expires_at)

    async def session_user(self, token: str | None) -> User | None:
        """Who holds the session; None for no token, an unknown or an expired one.

        While the store is away, who was here a short while ago still is. Raises StoreError for other tokens.
        """
        if not token:
            return None
        session = _digest(token)
        try:
            user = await self._store.session_user(session, self._now())
        except StoreError:
            user = self._known_sessions.user(session, self._clock_s())
            if user is None:
                raise
            return user
        self._known_sessions.see(session, user, self._clock_s())
        return user

    async def live_sessions(self, tokens: Collection[str]) -> Mapping[str, User]:
        """Who holds those of these tokens that still open the door."""
        hashes = {_digest(token): token for token in tokens}
        return {hashes[live]: user for live, user in (await self._store.live_sessions(hashes, self._now())).items()}

    async def log_out(self, token: str) -> None:
        self._known_sessions.see(_digest(token), None, self._clock_s())
        await self._store.remove_session(_digest(token))
        self.sessions_changed.notify()

    # --- keys ------------------------------------------------------------------------------------------------------

    async def is_key(self, key: str | None) -> bool:
        """Whether an API key opens the door. While the store is away, keys that opened it before do.

        Raises StoreError for other keys.
        """
        if key is None or not key.startswith(KEY_PREFIX):
            return False
        digest = _digest(key)
        try:
            is_known = await self._store.api_key_known(digest)
        except StoreError:
            if digest in self._trusted_keys:
                return True
            raise
        (self._trusted_keys.add if is_known else self._trusted_keys.discard)(digest)
        return is_known

    async def add_key(self, name: str) -> str:
        """A new API key. Raises InputError "api-key-exists"."""
        key = KEY_PREFIX + secrets.token_urlsafe(SECRET_BYTES)
        await self._store.add_api_key(name, _digest(key))
        return key

    async def set_key_disabled(self, name: str, disabled: bool) -> None:
        """Refuse or admit new connections with a key; calls that came in with it go on.

        Raises NotFoundError "unknown-api-key".
        """
        await self._store.set_api_key_disabled(name, disabled)

    async def keys(self) -> Sequence[ApiKey]:
        return await self._store.api_keys()

    # --- users -----------------------------------------------------------------------------------------------------

    async def add_user(
        self,
        name: str,
        role: Role,
        *,
        password: str | None = None,
        display_name: str = "",
        agent_id: str | None = None,
    ) -> tuple[User, str]:
        """A new user and the password, made up if none is given.

        Raises InputError "user-exists", "bad-password", "agent-id-needed".
        """
        if role == "agent" and not agent_id:
            raise InputError("An agent needs the agent_id the phone platform uses.", code="agent-id-needed")
        password = _checked(password or new_password())
        user = await self._store.add_user(
            name, await self._hash(password), role=role, display_name=display_name, agent_id=agent_id
        )
        return user, password

    async def set_password(self, name: str, password: str | None = None) -> str:
        """Change a password and end the user's sessions; the password, made up if none is given.

        Raises NotFoundError "unknown-user", InputError "bad-password".
        """
        user = await self._named(name)
        password = _checked(password or new_password())
        await self._store.set_password(user.user_id, await self._hash(password))
        self.users_changed()
        return password

    async def set_disabled(self, name: str, disabled: bool) -> None:
        """Lock a user out, ending the user's sessions, or in again. Raises NotFoundError "unknown-user"."""
        user = await self._named(name)
        await self._store.set_user_disabled(user.user_id, disabled)
        self.users_changed()

    def users_changed(self) -> None:
        """Ask the store anew who holds the open sessions, and what they may see."""
        self._known_sessions.forget_all()
        self.sessions_changed.notify()

    async def users(self) -> Sequence[User]:
        return await self._store.users()

    async def _named(self, name: str) -> User:
        known = await self._store.user_by_name(name)
        if known is None:
            raise NotFoundError(f"No user is called {name!r}.", code="unknown-user")
        return known[0]

    # --- hashing ---------------------------------------------------------------------------------------------------

    async def _hash(self, password: str) -> str:
        async with self._hashing:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def _verify(self, password_hash: str, password: str) -> bool:
        """Takes as long for nobody's password as for somebody's."""
        async with self._hashing:
            return await asyncio.to_thread(self._matches, password_hash, password[:MAX_PASSWORD_CHARS])

    def _matches(self, password_hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False


def new_password() -> str:
    """A random password of 96 bits."""
    return secrets.token_urlsafe(12)


def _checked(password: str) -> str:
    if not MIN_PASSWORD_CHARS <= len(password) <= MAX_PASSWORD_CHARS:
        raise InputError(
            f"A password has {MIN_PASSWORD_CHARS} to {MAX_PASSWORD_CHARS} characters.", code="bad-password"
        )
    return password


def _digest(secret: str) -> str:
    """Enough for secrets of 256 random bits; passwords go through argon2."""
    return hashlib.sha256(secret.encode()).hexdigest()
