"""A platform's door from the outside: what its settings say, and how it answers a connection."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urlsplit, urlunsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus, InvalidURI

from assist.errors import InputError
from gateway.diagnosis.audiohook import AudioHookProbe, RefusedProbeError
from gateway.diagnosis.findings import Finding, State
from gateway.settings import Settings
from gateway.sources.door import SourceDoor
from gateway.sources.twilio.signature import sign

SCHEMES: Final[Mapping[str, str]] = {"ws": "ws", "wss": "wss", "http": "ws", "https": "wss"}
ENCRYPTED_ONLY: Final = frozenset({"twilio", "audiohook"})
"""Platforms that connect to wss on port 443 and to nothing else."""
LOCAL: Final = frozenset({"127.0.0.1", "localhost", "::1"})
TRIES: Final = 3
LATE_MS: Final = 200
TOO_LATE_MS: Final = 5_000
"""AudioHook waits so long."""
REFUSED_CLOSE: Final = 4401
REFUSALS: Final = frozenset({400, 401, 403})


@dataclass(frozen=True, slots=True)
class DoorLimits:
    """Bounds of one look; each with its unit."""

    connect_timeout_s: float = 10.0
    refusal_s: float = 1.0
    """How long after the upgrade a wrong key is waited to be refused."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who connects, and to where."""

    url: SplitResult
    """The door's whole address."""
    key: str | None
    """A Livecue API key."""

    @property
    def address(self) -> str:
        return urlunsplit(self.url)


@dataclass(frozen=True, slots=True)
class Proof:
    """What a connection shows and says."""

    headers: Mapping[str, str]
    probe: AudioHookProbe | None = None
    """What the platform itself says to try a door."""


def door_address(base: str, door: SourceDoor) -> SplitResult:
    """The door's address below the service's; one with a path is the door's already. Raises InputError "bad-url"."""
    parts = urlsplit(base)
    try:
        is_good = parts.scheme in SCHEMES and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_good = False
    if not is_good:
        raise InputError(f"{base!r} is no address such as wss://cue.example.com.", code="bad-url")
    path = parts.path if parts.path.strip("/") else door.path
    return SplitResult(SCHEMES[parts.scheme], parts.netloc, path, parts.query, "")


async def examine_door(
    door: SourceDoor, settings: Settings, caller: Caller, limits: DoorLimits | None = None
) -> list[Finding]:
    """What is to be said of the door; of a door that is off, that alone."""
    own = door.settings(settings.sources)
    if not own.enabled:
        return [Finding(door.name, "door-off", "fail")]
    if not door.is_on(settings.sources):
        return [Finding(door.name, "secret-missing", "fail")]
    found = [Finding(door.name, "unsigned", "warn")] if own.unsigned else []
    found += _address(door, settings, caller, is_signed=not (own.unsigned or door.needs_key))
    found.append(await _answer(door, settings, caller, limits or DoorLimits()))
    return found


def _address(door: SourceDoor, settings: Settings, caller: Caller, *, is_signed: bool) -> Sequence[Finding]:
    url, address = caller.url, {"url": caller.address}
    if url.hostname in LOCAL:
        return [Finding(door.name, "address-local", "warn", address)]
    found: list[Finding] = []
    is_strict = door.name in ENCRYPTED_ONLY
    if url.scheme != "wss":
        found.append(Finding(door.name, "not-tls", "fail" if is_strict else "warn", address))
    elif is_strict and url.port not in (None, 443):
        found.append(Finding(door.name, "port-not-443", "fail", address | {"port": str(url.port)}))
    public = settings.public_url
    if is_signed and public is None and not settings.trusted_proxy:
        found.append(Finding(door.name, "public-url-unset", "warn", address))
    elif is_signed and public is not None and _place(urlsplit(public)) != _place(url):
        found.append(Finding(door.name, "public-url-differs", "fail", address | {"public_url": public}))
    return found


def _place(url: SplitResult) -> tuple[str, str | None, int | None]:
    scheme = SCHEMES.get(url.scheme, url.scheme)
    return scheme, url.hostname, url.port or {"wss": 443, "ws": 80}.get(scheme)


async def _answer(door: SourceDoor, settings: Settings, caller: Caller, limits: DoorLimits) -> Finding:
    """The slowest of several answers, or the first that is none."""
    proof = _proof(door, settings, caller)
    slowest_ms = 0.0
    try:
        for left in reversed(range(TRIES)):
            awaits_refusal = door.needs_key and bool(proof.headers) and not left
            slowest_ms = max(slowest_ms, await _connect_once(caller, proof, limits, awaits_refusal=awaits_refusal))
            proof = _proof(door, settings, caller)
    except _RefusedKeyError:
        return Finding(door.name, "key-refused", "fail")
    except RefusedProbeError:
        return Finding(door.name, "signature-refused", "fail")
    except InvalidStatus as error:
        return _of_status(door, error.response.status_code, slowest_ms, has_proof=bool(proof.headers))
    except ssl.SSLError as error:
        return Finding(door.name, "tls-broken", "fail", {"url": caller.address, "reason": error.reason or "TLS"})
    except (OSError, InvalidHandshake, InvalidURI, ConnectionClosed) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        return Finding(door.name, "unreachable", "fail", {"url": caller.address, "reason": reason})
    state: State = "fail" if slowest_ms > TOO_LATE_MS else "warn" if slowest_ms > LATE_MS else "ok"
    code = "answers" if state == "ok" else "answers-late"
    return Finding(door.name, code, state, {"ms": f"{slowest_ms:.0f}"})


async def _connect_once(caller: Caller, proof: Proof, limits: DoorLimits, *, awaits_refusal: bool) -> float:
    """Milliseconds to the answer. The connection says no more than a probe and goes: it opens no call."""
    loop = asyncio.get_running_loop()
    began_s = loop.time()
    async with connect(
        caller.address, additional_headers=proof.headers, open_timeout=limits.connect_timeout_s, proxy=None
    ) as socket:
        async with asyncio.timeout(limits.connect_timeout_s):
            if proof.probe is not None:
                await proof.probe.begin(socket)
            took_ms = (loop.time() - began_s) * 1000
            if proof.probe is not None:
                await proof.probe.end(socket)
        if awaits_refusal:
            await _await_refusal(socket, limits.refusal_s)
    return took_ms


async def _await_refusal(socket: ClientConnection, within_s: float) -> None:
    """A key is judged after the upgrade. Raises _RefusedKeyError."""
    try:
        async with asyncio.timeout(within_s):
            while True:
                await socket.recv()
    except TimeoutError:
        return
    except ConnectionClosed as closed:
        if closed.rcvd is not None and closed.rcvd.code == REFUSED_CLOSE:
            raise _RefusedKeyError from None


class _RefusedKeyError(Exception):
    """The door closed because of the key."""


def _of_status(door: SourceDoor, status: int, took_ms: float, *, has_proof: bool) -> Finding:
    values = {"status": str(status), "url": door.path, "ms": f"{took_ms:.0f}"}
    if status == 404:
        return Finding(door.name, "door-missing", "fail", values)
    if status in REFUSALS:
        return Finding(door.name, *(("refused", "fail") if has_proof else ("refuses-strangers", "ok")), values)
    return Finding(door.name, "no-upgrade", "fail", values)


def _proof(door: SourceDoor, settings: Settings, caller: Caller) -> Proof:
    """What this command can prove, anew for each connection; nothing where only the platform itself can."""
    if door.name in PROOFS:
        return PROOFS[door.name](settings, caller)
    is_keyed = door.needs_key and caller.key is not None
    return Proof({"Authorization": f"Bearer {caller.key}"} if is_keyed else {})


def _twilio(settings: Settings, caller: Caller) -> Proof:
    token = settings.sources.twilio.auth_token.get_secret_value()
    return Proof({"X-Twilio-Signature": sign(token, caller.address)} if token else {})


def _audiohook(settings: Settings, caller: Caller) -> Proof:
    probe = AudioHookProbe(settings, caller.url)
    return Proof(probe.headers, probe)


PROOFS: Final[Mapping[str, Callable[[Settings, Caller], Proof]]] = {"twilio": _twilio, "audiohook": _audiohook}
"""What platforms sign with a secret that this machine has as well."""
