"""What two runs of rules over the same call said differently."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal, assert_never

from assist.backtest.recorded import RecordedCall, Spoken
from assist.messages import Because, Flag, Notification, Prompt, PromptUpdated

Kind = Literal["prompt", "flag", "notification"]
ChangeKind = Literal["gained", "lost", "changed", "held-out"]
"""held-out: only in what nobody saw or would see, or because chance holds out what was shown."""

HELD_OUT = "held-out"

Place = tuple[Kind, str, int, int]
"""What makes a prompt, flag or notification the same in another run.

Kind, rule, position, and its number among those there."""


@dataclass(frozen=True, slots=True)
class Said:
    """One prompt, flag or notification as it stood at the end of a call."""

    kind: Kind
    said_id: str
    rule_id: str
    title: str
    first_ms: int
    """Position at which it was first said."""
    at_ms: int
    """Position of the last verdict of a flag; where a prompt was shown."""
    standing: str
    """Verdict of a flag; whom a notification was for; what became of a prompt: "open", "expired", "withdrawn", or
    "held-out" for one that was told and not shown."""
    because: Because

    @property
    def quote(self) -> str:
        """The first words it rests on; empty: it rests on none."""
        return next((piece.quote for piece in self.because.evidence if piece.quote), "")

    @property
    def is_held_out(self) -> bool:
        return self.kind == "prompt" and self.standing == HELD_OUT

    @property
    def is_single(self) -> bool:
        """Whether a call can have only one of it, wherever that is."""
        return self.kind != "prompt" and self.said_id == self.rule_id


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two runs over a call."""

    change: ChangeKind
    call_id: str
    agent_id: str | None
    kind: Kind
    rule_id: str
    at_ms: int
    before: str | None
    """How it stood; None: it was not said."""
    after: str | None
    """How it stands; None: it is not said."""
    quote: str
    reason: str


def said_in(spoken: Iterable[Spoken]) -> Mapping[Place, Said]:
    """Every prompt, flag and notification of a run as it stood in the end, in the order of when first said."""
    said: dict[tuple[Kind, str], Said] = {}
    for event in spoken:
        match event:
            case Prompt(from_partial=True):
                pass
            case Prompt():
                said["prompt", event.prompt_id] = _said(
                    "prompt", event.prompt_id, event, HELD_OUT if event.arm == HELD_OUT else "open"
                )
            case PromptUpdated():
                key: tuple[Kind, str] = "prompt", event.prompt_id
                if key in said:
                    said[key] = replace(said[key], standing=event.state)
            case Flag():
                key = "flag", event.flag_id
                verdict = _said("flag", event.flag_id, event, event.verdict)
                said[key] = replace(verdict, first_ms=said[key].first_ms) if key in said else verdict
            case Notification():
                key = "notification", event.notification_id
                said[key] = _said("notification", event.notification_id, event, event.channel)
            case _:
                assert_never(event)
    placed: dict[Place, Said] = {}
    numbers = Counter[tuple[Kind, str, int]]()
    for one in said.values():
        place = one.kind, one.rule_id, 0 if one.is_single else one.first_ms
        placed[*place, numbers[place]] = one
        numbers[place] += 1
    return placed


def compare(call: RecordedCall, before: Mapping[Place, Said], after: Mapping[Place, Said]) -> tuple[Change, ...]:
    """What was gained, lost, or stands otherwise now, in order of position."""
    places = dict.fromkeys((*after, *before))
    changes = [
        _change(call, before.get(place), after.get(place), change)
        for place in places
        if (change := change_between(before.get(place), after.get(place))) is not None
    ]
    return tuple(sorted(changes, key=lambda change: (change.at_ms, change.kind, change.rule_id)))


def change_between(before: Said | None, after: Said | None) -> ChangeKind | None:
    """What became of one prompt, flag or notification; None: it stands as it did. What is held out, nobody sees."""
    was_seen = before is not None and not before.is_held_out
    is_seen = after is not None and not after.is_held_out
    if before is not None and after is not None and before.standing == after.standing:
        return None
    if was_seen and is_seen:
        return "changed"
    if is_seen:
        return "gained"
    return "lost" if was_seen and after is None else "held-out"


def _said(kind: Kind, said_id: str, event: Prompt | Flag | Notification, standing: str) -> Said:
    rule_id = event.because.rule_id
    return Said(kind, said_id, rule_id, event.title, event.at_ms, event.at_ms, standing, event.because)


def _change(call: RecordedCall, old: Said | None, new: Said | None, change: ChangeKind) -> Change:
    said = new or old
    assert said is not None
    return Change(
        change=change,
        call_id=call.call_id,
        agent_id=call.agent_id,
        kind=said.kind,
        rule_id=said.rule_id,
        at_ms=said.at_ms,
        before=old.standing if old else None,
        after=new.standing if new else None,
        quote=said.quote,
        reason=said.because.reason,
    )
