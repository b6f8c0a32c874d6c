"""A receiver behind HTTP: one signed POST for each attempt."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import httpx

from assist.errors import WebhookError
from assist.pushing.push import Push, signature

KEY_HEADER = "Idempotency-Key"
TIMESTAMP_HEADER = "Livecue-Timestamp"
SIGNATURE_HEADER = "Livecue-Signature"

MAY_PASS = frozenset([408, 409, 423, 425, 429])
"""Refusals that may be others at another time, beside those of 500 and more."""


class Webhook:
    """Sends to one address; redirects are not followed."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        url: str,
        secret: str,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._client = client
        self._url = url
        self._secret = secret
        self._now = now

    async def send(self, push: Push) -> None:
        """Any status of 2xx means taken. Raises WebhookError "webhook-unreachable", "webhook-refused"."""
        timestamp = str(int(self._now().timestamp()))
        headers = {
            "Content-Type": "application/json",
            KEY_HEADER: push.key,
            TIMESTAMP_HEADER: timestamp,
            SIGNATURE_HEADER: f"v1={signature(self._secret, timestamp, push.body)}",
        }
        try:
            async with self._client.stream("POST", self._url, content=push.body, headers=headers) as response:
                status = response.status_code
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise WebhookError("The receiver cannot be reached.", code="webhook-unreachable") from error
        if not 200 <= status < 300:
            raise WebhookError(
                f"The receiver answered with HTTP status {status}.",
                code="webhook-refused",
                is_final=status < 500 and status not in MAY_PASS,
            )

    async def check(self) -> None:
        """Look whether anybody answers there, handing nothing on. Raises WebhookError "webhook-unreachable"."""
        try:
            await self._client.head(self._url)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise WebhookError("The receiver cannot be reached.", code="webhook-unreachable") from error


@asynccontextmanager
async def open_webhook(url: str, *, secret: str, timeout_s: float) -> AsyncGenerator[Webhook]:
    """The receiver at an address, for as long as the context lasts."""
    async with httpx.AsyncClient(timeout=timeout_s) as client:
        yield Webhook(client, url, secret)


async def answers(url: str, timeout_s: float) -> bool:
    """Whether there is a receiver at an address; nothing is handed on."""
    try:
        async with open_webhook(url, secret="", timeout_s=timeout_s) as door:
            await door.check()
    except WebhookError:
        return False
    return True
