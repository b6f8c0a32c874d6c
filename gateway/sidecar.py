"""What the JSON file next to a recording tells of its call."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

from pydantic import ValidationError

from assist.messages import Agent, Customer


def read_parties(recording: Path) -> tuple[Agent | None, Customer | None]:
    """Agent and customer from the JSON file next to a recording, as far as it names them."""
    fields = _told_beside(recording)
    agent, customer = fields.get("agent"), fields.get("customer")
    try:
        return (
            Agent.model_validate(agent) if agent is not None else None,
            Customer.model_validate(customer) if customer is not None else None,
        )
    except ValidationError:
        return None, None


def read_playbook(recording: Path) -> str | None:
    """The playbook that the JSON file next to a recording names."""
    name = _told_beside(recording).get("playbook")
    return name if isinstance(name, str) else None


def _told_beside(recording: Path) -> dict[str, Any]:
    try:
        value = json.loads(recording.with_suffix(".json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return cast(dict[str, Any], value) if isinstance(value, dict) else {}
