"""Who is calling: what a directory tells of them, and the tags that follow from all that is known."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from assist.messages.common import Message

FieldGroup = Literal["static", "dynamic", "service"]
TagTone = Literal["plain", "good", "care"]

MAX_FIELDS = 64
MAX_VALUE_CHARS = 200


class ProfileField(Message):
    """One thing that is known of a customer."""

    name: str = Field(pattern=r"^\S{1,60}$")
    """Rules ask for it as ``customer.NAME``."""
    value: str = Field(min_length=1, max_length=MAX_VALUE_CHARS)
    """Numbers in digits, dates as 2026-03-01, so that rules can compare them."""
    group: FieldGroup = "static"
    """static: who they are; dynamic: what they have and use now; service: how they were served."""


class CustomerLookedUp(Message):
    """A directory told who is calling, or that it does not know them."""

    type: Literal["customer-looked-up"] = "customer-looked-up"
    at_ms: int
    customer_id: str
    is_known: bool
    """False: the directory works and has no such customer."""
    name: str = ""
    fields: tuple[ProfileField, ...] = Field(default=(), max_length=MAX_FIELDS)
    """In the order of the directory."""
    source: str
    """directory@version"""
    took_ms: int
    """Wall-clock milliseconds from the question to the answer."""


class CustomerTag(Message):
    """A tag of the playbook that holds."""

    tag_id: str
    title: str
    tone: TagTone = "plain"
    """care: something to mind before anything is offered."""
    because: dict[str, str]
    """What is known of the facts that it asks for, by path."""


class CustomerTagged(Message):
    """Which tags hold from now on; all earlier ones are replaced."""

    type: Literal["customer-tagged"] = "customer-tagged"
    at_ms: int
    tags: tuple[CustomerTag, ...]
    """In the order of the playbook."""
