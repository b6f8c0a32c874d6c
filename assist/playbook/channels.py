"""Whom rules send word to, held against the receivers that an installation has."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from assist.playbook.model import Playbook


@dataclass(frozen=True, slots=True)
class StrangeChannel:
    """A channel that nobody has configured."""

    line: int
    """1-based."""
    message: str
    is_mistake: bool
    """Whether the installation has others; False: it sends nothing anywhere, as while a playbook is written."""


def strange_channels(playbook: Playbook, known: Collection[str]) -> Iterator[StrangeChannel]:
    """Channels of a playbook that are not among those ``known`` to the installation, in the order of the rules."""
    for notify in playbook.notifies:
        name = notify.channel
        if name in known:
            continue
        if not known:
            message = f"this installation has no channels, so nobody gets what is sent to {name!r}"
        else:
            near = get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(sorted(known))}"
            message = f"no channel is called {name!r}; {hint}"
        yield StrangeChannel(notify.line, message, is_mistake=bool(known))
