"""What a desk shows of a call: the form of its view."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from assist.messages import (
    Agent,
    AudioGap,
    CallClosed,
    CallDegraded,
    CallDirection,
    CallRepeated,
    Correction,
    CueHeard,
    Customer,
    CustomerHistory,
    CustomerLookedUp,
    CustomerTag,
    EmotionEvidence,
    Flag,
    Leg,
    LegsExchanged,
    Message,
    NeedHeard,
    Notification,
    NotificationPushed,
    OfferHeldBack,
    Party,
    Prompt,
    PromptLeftOut,
    PromptLimit,
    Reaction,
    Result,
    Rewrite,
    Trend,
    Word,
    WrapUp,
    WrapUpConfirmed,
    WrapUpPushed,
)

FEELINGS_KEPT = 2_000
"""More than an hour of quick turns; beyond it the earliest are forgotten. The browser's fold keeps as many."""


class LineEntity(Message):
    """A value said in a line."""

    label: str
    value: str
    """Normal form."""
    span: tuple[int, int]
    """Characters [from, to) of the line's text."""


class RoleGuess(Message):
    """Who seems to have said a line."""

    party: Literal["agent", "customer"]
    score: float
    """Probability, from 0.5 on."""
    by_voice: bool = False
    """By its voice and the words of all its turns; otherwise by these words alone."""


class Line(Message):
    """One utterance on the screen, open or final."""

    utterance_id: str
    party: Party
    text: str
    stable_chars: int
    final: bool
    revision: int
    start_ms: int
    end_ms: int
    confidence: float | None = None
    words: tuple[Word, ...] = ()
    guards: tuple[str, ...] = ()
    display_text: str | None = None
    rewrites: tuple[Rewrite, ...] = ()
    corrections: tuple[Correction, ...] = ()
    intents: tuple[str, ...] = ()
    """Labels, the primary one first."""
    acts: tuple[str, ...] = ()
    entities: tuple[LineEntity, ...] = ()
    """In text order without overlap."""
    role: RoleGuess | None = None
    """Where both parties are on one leg: who seems to have said it. Of final lines."""

    @property
    def shown_text(self) -> str:
        """The form for people."""
        return self.text if self.display_text is None else self.display_text


class Feeling(Message):
    """How a party felt as of an utterance."""

    utterance_id: str
    party: Party
    at_ms: int
    """Where the utterance begins."""
    label: str
    intensity: int
    """0 for neutral, else 1 slight to 3 strong."""
    valence: float
    """-1 unpleasant to 1 pleasant."""
    trend: Trend
    """Of unpleasant feelings."""
    heard_in: tuple[Literal["words", "voice"], ...]
    evidence: tuple[EmotionEvidence, ...]
    """Why, the strongest first."""


class PromptCard(Message):
    """A prompt and what became of it."""

    prompt: Prompt
    state: Literal["active", "expired", "withdrawn", "accepted", "dismissed"]
    gone_because: str = ""
    """Why it expired or was withdrawn."""
    shown_after_ms: int | None = None
    acted_by: str = ""
    heard: CueHeard | None = None
    """Whether the agent said it; None: not decided."""
    reaction: Reaction | None = None
    """How the customer takes its offer."""
    result: Result | None = None
    """How its offer ended, as reported last."""


class NotificationCard(Message):
    """A notification and what became of sending it."""

    notification: Notification
    pushed: NotificationPushed | None = None
    """None: it is on its way."""


class CorrectedLine(Message):
    """What a person says was said in an utterance."""

    utterance_id: str
    text: str
    """In place of the line's text."""
    by: str
    """User id."""
    by_name: str
    at: datetime


class Note(Message):
    """A person's note on a position of the call."""

    note_id: str
    at_ms: int
    """The position."""
    text: str
    by: str
    """User id."""
    by_name: str
    at: datetime


class CallView(Message):
    """Everything a desk needs; ``seq`` is the last envelope folded in."""

    call_id: str
    seq: int = 0
    status: Literal["opening", "live", "closed"] = "opening"
    opened_at: datetime | None = None
    position_ms: int = 0
    """Highest call-clock position mentioned so far."""
    source: str = ""
    direction: CallDirection = "inbound"
    external_id: str | None = None
    legs: tuple[Leg, ...] = ()
    agent: Agent | None = None
    customer: Customer | None = None
    profile: CustomerLookedUp | None = None
    """Of this customer; None until a directory has answered."""
    tags: tuple[CustomerTag, ...] = ()
    history: CustomerHistory | None = None
    """Of this customer, without promises that were settled meanwhile; None until it was looked up."""
    repeat: CallRepeated | None = None
    """Once the customer was heard to call about the same as before."""
    playbook: str = ""
    recogniser: str = ""
    connection: Literal["attached", "detached", "paused", "resumed"] = "attached"
    speaking: tuple[Party, ...] = ()
    lines: tuple[Line, ...] = ()
    """Ordered by start_ms, then arrival."""
    feelings: tuple[Feeling, ...] = ()
    """One per utterance, in order of arrival; of the last FEELINGS_KEPT."""
    needs: tuple[NeedHeard, ...] = ()
    """What the customer was heard to need, in that order."""
    held_back: PromptLeftOut | OfferHeldBack | None = None
    """The offer for which the agent had no room, or that something holds back, whichever was told last; None once one
    was shown or nothing holds it back any more."""
    limits: tuple[PromptLimit, ...] = ()
    """Why the agent is shown fewer prompts than others."""
    prompts: tuple[PromptCard, ...] = ()
    """Oldest first."""
    flags: tuple[Flag, ...] = ()
    """One per flag_id, the latest verdict, in order of first appearance."""
    notifications: tuple[NotificationCard, ...] = ()
    """What rules sent word of, oldest first."""
    gaps: tuple[AudioGap, ...] = ()
    degraded: tuple[CallDegraded, ...] = ()
    """What is impaired now."""
    exchanged: tuple[LegsExchanged, ...] = ()
    """Each time that somebody exchanged the parties of the legs; lines before stay as they were heard."""
    closed: CallClosed | None = None
    wrap_up: WrapUp | None = None
    """The latest proposal."""
    confirmed: WrapUpConfirmed | None = None
    """What a person made of it; holds in place of the proposal."""
    pushed: WrapUpPushed | None = None
    """What became of handing on the wrap-up that holds."""
    corrected: tuple[CorrectedLine, ...] = ()
    """At most one per utterance, the latest; the lines stay as they were recognised."""
    notes: tuple[Note, ...] = ()
    """In the order of their positions."""
