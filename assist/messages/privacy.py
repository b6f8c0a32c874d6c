"""What of the words is private."""

from __future__ import annotations

from typing import Literal

from assist.messages.common import Message

PrivateKind = Literal[
    "phone_number", "id_number", "bank_card", "person", "address", "passcode", "email", "plate", "withheld"
]
"""withheld: words of which nobody has looked what is in them."""


class PrivateSpan(Message):
    """Words that only those may see who are allowed to."""

    start: int
    """Characters [start, end) of the text."""
    end: int
    kind: PrivateKind
