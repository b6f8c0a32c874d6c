"""What the agent is told, and QA: prompts, what became of them, flags."""

from __future__ import annotations

from typing import Literal

from assist.messages.attention import PromptLimit
from assist.messages.common import Message, Party
from assist.messages.experiments import Arm
from assist.messages.pitch import Pitch
from assist.messages.speech import Utterance

PromptKind = Literal["offer", "say", "soothe", "close", "answer", "step"]
Severity = Literal["critical", "major", "minor"]
DeskOutcome = Literal["shown", "accepted", "dismissed", "copied"]
Verdict = Literal["breach", "at_risk", "met", "abstained"]
Lack = Literal["overtalk", "budget", "gap", "places"]
"""Why there is no room for a prompt: the agent talks over the customer, has seen enough of them, has just been shown
another one, or has more urgent ones open."""


class Evidence(Message):
    """What a prompt or flag rests on; at least one piece is an utterance, a signal or a span of time."""

    kind: Literal["utterance", "signal", "absence", "silence", "overtalk"]
    party: Party | None = None
    utterance_id: str | None = None
    start_ms: int
    end_ms: int
    quote: str = ""
    """The words relied on, as recognised."""
    confidence: float | None = None
    """Lowest word confidence among the words relied on, 0 to 1."""

    @classmethod
    def of(cls, utterance: Utterance) -> Evidence:
        """A whole utterance as evidence."""
        return cls(
            kind="utterance",
            party=utterance.party,
            utterance_id=utterance.utterance_id,
            start_ms=utterance.start_ms,
            end_ms=utterance.end_ms,
            quote=utterance.text,
            confidence=utterance.confidence,
        )


class Because(Message):
    """Why a prompt or flag exists; shown as "why?"."""

    rule: str
    """rule id@playbook version"""
    reason: str
    """One sentence for people, in the playbook's language."""
    evidence: tuple[Evidence, ...]

    @property
    def rule_id(self) -> str:
        """Of the rule or offer, without the playbook's version."""
        return self.rule.partition("@")[0]


class Prompt(Message):
    """Something shown to the agent."""

    type: Literal["prompt"] = "prompt"
    prompt_id: str
    kind: PromptKind
    title: str
    body: str
    because: Because
    at_ms: int
    """Call-clock position of the decision."""
    said_ms: int
    """End of the words that caused it: the card shows "said → shown"."""
    expires_ms: int
    """Call-clock position from which it is no longer useful."""
    arm: Arm = "shown"
    """held-out: logged for comparison; nobody sees it."""
    experiment: str = ""
    """Id of the experiment that it is part of; empty: of none."""
    variant: str = ""
    """Id of the experiment's wording that it has."""
    from_partial: bool = False
    """Shown while the words go on. Their final says the same prompt again, under the same id, or withdraws it."""
    asked_for: bool = False
    """Offers what the customer has just asked for, or answers what they say of it: it finds room as a step does."""
    brief: bool = False
    """Shown by its title, the body on demand: the agent knows what to say."""
    offer_id: str | None = None
    """The offer of the catalogue that it makes (kind offer), or whose talk it helps on."""
    wording_id: str | None = None
    """Which of the offer's wordings the body is."""
    pitch: Pitch | None = None
    """With ``offer_id``: the offer as the agent may make it, and why."""


class PromptUpdated(Message):
    type: Literal["prompt-updated"] = "prompt-updated"
    prompt_id: str
    at_ms: int
    state: Literal["expired", "withdrawn"]
    reason: str = ""


class PromptLeftOut(Message):
    """A prompt for which the agent's attention had no room: nobody sees it now.

    Its rule may ask again, and be told under the same id; what overtalk alone has kept away comes under it when that is
    over. Told at most once in 30 s of one rule and one lack.
    """

    type: Literal["prompt-left-out"] = "prompt-left-out"
    prompt_id: str
    """That it would have had."""
    kind: PromptKind
    title: str
    because: Because
    """Why it would have been shown."""
    at_ms: int
    lack: Lack
    reason: str
    """The lack as a sentence for people, in the playbook's language."""
    limit: PromptLimit | None = None
    """With the lack of budget: the allowance without a place, if it holds because of what is known of the call."""
    experiment: str = ""
    """Id of the experiment that it is part of, in which it counts as neither shown nor held out; empty: of none."""
    offer_id: str | None = None


class PromptOutcome(Message):
    """What somebody at a desk did with a prompt, or that it was on their screen."""

    type: Literal["prompt-outcome"] = "prompt-outcome"
    prompt_id: str
    at_ms: int
    outcome: DeskOutcome
    by: str = ""
    """User id of who acted."""
    shown_after_ms: int | None = None
    """With "shown": wall-clock milliseconds from the end of the words to the screen."""


class Flag(Message):
    """A QA rule's verdict with its evidence; the same ``flag_id`` again replaces the verdict."""

    type: Literal["flag"] = "flag"
    flag_id: str
    rule: str
    """rule id@playbook version"""
    title: str
    party: Party | None = None
    severity: Severity
    verdict: Verdict
    score: int = 0
    """Points that the rule gives for this verdict; less than 0: taken off."""
    because: Because
    at_ms: int
