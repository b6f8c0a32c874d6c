"""Settings of those to whom Livecue hands something on: wrap-ups, and what rules notify of."""

from __future__ import annotations

import re
from typing import Self

from pydantic import Field, SecretStr, model_validator

from gateway.setting_group import Count, Group, Positive, is_http

LEAST_SECRET_CHARS = 16
CHANNEL_NAME = re.compile(r"[a-z][a-z0-9_-]{0,63}")


class ReceiverSettings(Group):
    """A web server that takes signed posts."""

    url: str = ""
    """Address that is posted to; empty: none."""
    secret: SecretStr = SecretStr("")
    """Signs each post; at least 16 characters."""
    timeout_s: Positive = 10.0
    """How long in seconds an attempt may take."""
    max_attempts: Count = 12
    """Then it is given up; with the waits below after about a day."""
    retry_first_s: Positive = 5.0
    """Wait in seconds after the first failure; it doubles."""
    retry_most_s: Positive = 4 * 3600.0
    """Longest wait in seconds between two attempts."""

    @model_validator(mode="after")
    def _is_signed(self) -> Self:
        if self.url and not is_http(self.url):
            raise ValueError("url must look like https://host/path")
        if self.url and len(self.secret.get_secret_value()) < LEAST_SECRET_CHARS:
            raise ValueError("secret needs at least 16 characters, so that a receiver can trust what it gets")
        return self


class WebhookSettings(ReceiverSettings):
    """Who gets wrap-ups (see docs/wrap-up.md)."""

    url: str = ""
    """Address that wrap-ups are posted to; empty: none."""
    unconfirmed_after_min: float = Field(default=30.0, ge=0)
    """How long in minutes a proposal waits to be confirmed before it goes out as it is."""


class ChannelSettings(ReceiverSettings):
    """Whom rules may notify (see docs/notifications.md)."""

    url: str = ""
    """Address that what rules send to the channel NAME is posted to (see docs/notifications.md)."""

    @model_validator(mode="after")
    def _is_somewhere(self) -> Self:
        if not self.url:
            raise ValueError("a channel needs a url")
        return self
