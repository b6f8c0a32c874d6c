"""Genesys Cloud's connection probe: a session of nobody and without sound, signed as the platform signs."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import SplitResult
from uuid import uuid4

from websockets.asyncio.client import ClientConnection

from gateway.settings import Settings
from gateway.sources.audiohook.messages import NIL_UUID, VERSION, read_client_message
from gateway.sources.audiohook.signature import SignedRequest, signed_headers

_OFFER: Final = {"type": "audio", "format": "PCMU", "channels": ["external", "internal"], "rate": 8000}


class RefusedProbeError(Exception):
    """The session was not opened: the door does not believe who we are."""


class AudioHookProbe:
    """One probe, good for one connection: its signature is used up with it."""

    def __init__(self, settings: Settings, url: SplitResult) -> None:
        """Signed with the first of the keys; ``url``: the door's whole address."""
        self._session_id, self._organization_id = str(uuid4()), str(uuid4())
        self._seq = 0
        self._serverseq = 0
        keys = settings.sources.audiohook.keys
        key = next(iter(keys), "")
        ids = {
            "Audiohook-Organization-Id": self._organization_id,
            "Audiohook-Session-Id": self._session_id,
            "Audiohook-Correlation-Id": str(uuid4()),
            "X-API-KEY": key,
        }
        secret = keys[key].get_secret_value() if keys else ""
        self.headers: Mapping[str, str] = {**ids, **(_signature(url, ids, key, secret) if secret else {})}

    async def begin(self, socket: ClientConnection) -> None:
        """Wait for ``opened``. Raises RefusedProbeError."""
        nobody = {"id": NIL_UUID, "ani": "", "aniName": "", "dnis": ""}
        await self._say(
            socket,
            "open",
            organizationId=self._organization_id,
            conversationId=NIL_UUID,
            participant=nobody,
            media=[_OFFER],
        )
        await self._hear(socket, "opened")

    async def end(self, socket: ClientConnection) -> None:
        """Wait for ``closed``. Raises RefusedProbeError."""
        await self._say(socket, "close", reason="end")
        await self._hear(socket, "closed")

    async def _say(self, socket: ClientConnection, kind: str, **parameters: Any) -> None:
        self._seq += 1
        numbers = {"id": self._session_id, "seq": self._seq, "serverseq": self._serverseq, "position": "PT0S"}
        await socket.send(json.dumps({"version": VERSION, "type": kind} | numbers | {"parameters": parameters}))

    async def _hear(self, socket: ClientConnection, kind: str) -> None:
        while True:
            found = read_client_message(str(await socket.recv()))
            if isinstance(found, str) or found.kind == "disconnect":
                raise RefusedProbeError
            self._serverseq = found.seq or 0
            if found.kind == kind:
                return


def _signature(url: SplitResult, ids: Mapping[str, str], key: str, secret: str) -> Mapping[str, str]:
    target = url.path + (f"?{url.query}" if url.query else "")
    default_port = {"wss": ":443", "ws": ":80"}[url.scheme]
    covered = {name.lower(): value for name, value in ids.items()}
    request = SignedRequest(target, (url.netloc.lower().removesuffix(default_port),), covered)
    return signed_headers(request, key, secret, created=int(time.time()), nonce=secrets.token_urlsafe(18))
