"""The closed loop of one call as a pure fold: prompts shown, words said, offers made, reactions, results."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from assist.heard.cues import MAX_TOGETHER, OpenCue, Spoken
from assist.heard.offered import FOLLOW_MS, Basis, Offered
from assist.heard.wording import Wording
from assist.measures import BACK_CHANNEL_CHARS, spoken_chars
from assist.messages import CueHeard, Prompt, PromptKind, Reaction, Result, Signal, Utterance
from assist.spoken import spoken

OFFERING: frozenset[PromptKind] = frozenset(("offer", "close"))
"""Kinds of prompts that a customer reacts to."""
ABOUT_OFFER = frozenset(("offer", "disclose", "check"))
"""What an agent does who speaks of an offer."""
BARGE_IN_MS = 1_000
"""Into an utterance of the agent, from which on words of the customer may answer it."""
MAX_KEPT = 64
"""Reactions and results of one call, the latest."""

_OTHER_WISHES = ("还有其他", "还有什么", "还有别的", "其他可以帮", "别的可以帮", "其他需要", "别的需要")
"""Whether there is anything else: an answer to it is none to an offer."""

Heard = CueHeard | Reaction
OfferRef = Literal["last-offer", "any-offer"] | str
"""Or the id of a rule or an offer."""


@dataclass(frozen=True, slots=True)
class Hearing:
    """Where the closed loop of a call stands; each method gives the next value."""

    cues: tuple[OpenCue, ...] = ()
    """Still listened for, oldest first."""
    recent: tuple[Spoken, ...] = ()
    """The last utterances of the agent, of which a prompt may be said in several."""
    has_floor: bool = False
    """The agent spoke last."""
    offered: Offered | None = None
    """The last offer."""
    interrupted_by: tuple[Utterance, tuple[Signal, ...]] | None = None
    """What the customer said last: it may have cut into an offer whose words are decided later."""
    told_cues: tuple[CueHeard, ...] = ()
    """The latest of each prompt, in the order in which they were told."""
    reactions: tuple[Reaction, ...] = ()
    """The latest of each offer, in the order in which they were told."""
    results: tuple[Result, ...] = ()

    def heard(self, utterance: Utterance, signals: Sequence[Signal]) -> tuple[Hearing, tuple[Heard, ...]]:
        """After a final."""
        match utterance.party:
            case "agent":
                return self._agent_spoke(utterance, signals)
            case "customer":
                return self._customer_spoke(utterance, signals)
            case "mixed":
                return self, ()

    def shown(self, prompts: Iterable[Prompt], names: Iterable[str]) -> Hearing:
        """Prompts begin to be listened for; ``names`` are those that the playbook knows."""
        names = tuple(names)
        known = {cue.prompt.prompt_id for cue in self.cues}
        fresh = tuple(
            OpenCue(prompt, Wording.of(prompt.body, names)) for prompt in prompts if prompt.prompt_id not in known
        )
        return replace(self, cues=(*self.cues, *fresh)) if fresh else self

    def reached(self, at_ms: int) -> tuple[Hearing, tuple[Heard, ...]]:
        """After time has passed: what was not said, offers that nobody took up."""
        after, news = self._given_up([cue for cue in self.cues if cue.is_over(at_ms)], at_ms)
        if self.offered is None or self.offered.reaction is not None:
            return after, news
        offered, reaction = self.offered.reached(at_ms)
        return after._with(offered, reaction), (*news, *(() if reaction is None else (reaction,)))

    def ended(self, at_ms: int) -> tuple[Hearing, tuple[Heard, ...]]:
        """At the end of the call."""
        after, news = self._given_up(self.cues, at_ms)
        if after.offered is None:
            return after, news
        offered, reaction = after.offered.ended(at_ms)
        return after._with(offered, reaction), (*news, *(() if reaction is None else (reaction,)))

    def told(self, result: Result) -> Hearing:
        """Somebody reported how an offer ended; the same subject again replaces it."""
        others = (one for one in self.results if (one.prompt_id, one.offer_id) != (result.prompt_id, result.offer_id))
        return replace(self, results=(*others, result)[-MAX_KEPT:])

    def reaction_to(self, ref: OfferRef) -> Sequence[Reaction]:
        """How the customer took the last offer, any offer, or the last one of a rule or of an offer's id."""
        match ref:
            case "any-offer":
                return self.reactions
            case "last-offer":
                reaction = self.offered.reaction if self.offered else None
                return () if reaction is None else (reaction,)
            case _:
                return [one for one in self.reactions if ref in (one.offer_id, one.rule.partition("@")[0])][-1:]

    def cue_of(self, ref: str) -> CueHeard | None:
        """What was told last of the prompts of a rule or of an offer's id."""
        return next((one for one in reversed(self.told_cues) if ref in (one.offer_id, _rule_of(one.prompt_id))), None)

    def result_of(self, ref: OfferRef) -> Sequence[Result]:
        """How it ended, as far as somebody has reported it; what is said of the call counts for its last offer."""
        match ref:
            case "any-offer":
                return self.results
            case "last-offer":
                subject = (self.offered.prompt_id, self.offered.offer_id) if self.offered else (None, None)
                return [one for one in self.results if _is_of(one, *subject)][-1:]
            case _:
                return [one for one in self.results if ref in (one.offer_id, _rule_of(one.prompt_id))][-1:]

    # --- the agent -------------------------------------------------------------------------------------------------

    def _agent_spoke(self, utterance: Utterance, signals: Sequence[Signal]) -> tuple[Hearing, tuple[Heard, ...]]:
        if spoken_chars(utterance.text) <= BACK_CHANNEL_CHARS:
            return self, ()
        at_ms = utterance.decided_ms
        said = Spoken.of(utterance, signals)
        recent = (*self.recent, said)[-MAX_TOGETHER:]
        followed = [(cue, *cue.after(recent, at_ms)) for cue in self.cues]
        cues = tuple(after for _, after, _ in followed)
        news: list[Heard] = [heard for _, _, heard in followed if heard is not None]
        told = _latest(self.told_cues, [heard for _, _, heard in followed if heard is not None])
        after = replace(self, cues=cues, recent=recent, has_floor=True, told_cues=told)
        made = _offer_made(cues, {heard.prompt_id for heard in news if isinstance(heard, CueHeard)}, said)
        after = after._offer(made, said, is_first=not self.has_floor)
        after, reaction = after._barged_in(utterance, is_new=after.offered is not self.offered and made is not None)
        after, unsaid = after._given_up([cue for cue in cues if cue.is_over(at_ms)], at_ms)
        return after, (*news, *(() if reaction is None else (reaction,)), *unsaid)

    def _offer(self, made: OpenCue | Basis | None, said: Spoken, *, is_first: bool) -> Hearing:
        """What the words mean for the offer on the table."""
        at_ms, offered = said.utterance.decided_ms, self.offered
        if made is not None and not self._is_same(made, at_ms):
            return replace(self, offered=_offered(made, at_ms))
        if offered is None:
            return self
        is_about = made is not None or bool(said.acts & ABOUT_OFFER) or self._is_about(offered)
        if any(wish in spoken(said.utterance.text).chars for wish in _OTHER_WISHES):
            return replace(self, offered=offered.left())
        if is_about:
            return replace(self, offered=self._better_known(made).talked(at_ms))
        return replace(self, offered=offered.left()) if is_first else self

    def _is_same(self, made: OpenCue | Basis, at_ms: int) -> bool:
        """Whether an offer is the one on the table, made again or driven home."""
        offered = self.offered
        if offered is None or at_ms > offered.talked_ms + FOLLOW_MS:
            return False
        if not isinstance(made, OpenCue):
            return True
        return made.prompt.kind == "close" or made.prompt.prompt_id == offered.prompt_id

    def _better_known(self, made: OpenCue | Basis | None) -> Offered:
        """The offer on the table, whose own words may have been heard by now."""
        assert self.offered is not None
        is_said = isinstance(made, OpenCue) and made.is_said and made.prompt.prompt_id == self.offered.prompt_id
        return replace(self.offered, basis="said") if is_said else self.offered

    def _is_about(self, offered: Offered) -> bool:
        """Whether the last words follow the prompt of an offer."""
        cue = next((one for one in self.cues if one.prompt.prompt_id == offered.prompt_id), None)
        return cue is not None and cue.is_about(self.recent[-1])

    def _barged_in(self, utterance: Utterance, *, is_new: bool) -> tuple[Hearing, Reaction | None]:
        """The customer may have answered before the agent had finished."""
        if not is_new or self.offered is None or self.interrupted_by is None:
            return self, None
        words, signals = self.interrupted_by
        if not utterance.start_ms + BARGE_IN_MS <= words.start_ms < utterance.end_ms:
            return self, None
        offered, reaction = self.offered.answered(words, signals)
        return self._with(offered, reaction), reaction

    # --- the customer ----------------------------------------------------------------------------------------------

    def _customer_spoke(self, utterance: Utterance, signals: Sequence[Signal]) -> tuple[Hearing, tuple[Heard, ...]]:
        after = replace(self, has_floor=False, interrupted_by=(utterance, tuple(signals)))
        if self.offered is None:
            return after, ()
        offered, reaction = self.offered.answered(utterance, signals)
        return after._with(offered, reaction), () if reaction is None else (reaction,)

    # --- both ------------------------------------------------------------------------------------------------------

    def _with(self, offered: Offered, reaction: Reaction | None) -> Hearing:
        if reaction is None:
            return self if offered is self.offered else replace(self, offered=offered)
        others = (
            one
            for one in self.reactions
            if (one.prompt_id, one.offered_ms) != (reaction.prompt_id, reaction.offered_ms)
        )
        return replace(self, offered=offered, reactions=(*others, reaction)[-MAX_KEPT:])

    def _given_up(self, cues: Sequence[OpenCue], at_ms: int) -> tuple[Hearing, tuple[Heard, ...]]:
        if not cues:
            return self, ()
        unsaid = [one for cue in cues if (one := cue.given_up(at_ms)) is not None]
        kept = tuple(cue for cue in self.cues if cue not in cues)
        return replace(self, cues=kept, told_cues=_latest(self.told_cues, unsaid)), tuple(unsaid)


def _latest(known: tuple[CueHeard, ...], news: Sequence[CueHeard]) -> tuple[CueHeard, ...]:
    replaced = {one.prompt_id for one in news}
    return (*(one for one in known if one.prompt_id not in replaced), *news)[-MAX_KEPT:]


@lru_cache(maxsize=1_024)
def _rule_of(prompt_id: str | None) -> str:
    """Prompts are numbered after their rule or offer."""
    return (prompt_id or "").rpartition("-")[0]


def _offer_made(cues: Sequence[OpenCue], heard: set[str], said: Spoken) -> OpenCue | Basis | None:
    """The prompt whose offer the agent has just made; "own": one that no prompt asked for."""
    selling = [cue for cue in cues if cue.prompt.kind in OFFERING]
    spoken_of = [cue for cue in selling if cue.prompt.prompt_id in heard]
    if spoken_of:
        return max(spoken_of, key=lambda cue: cue.best.score)
    if "offer" not in said.acts:
        return None
    is_sure = "offer" in said.surest or bool(said.said.values)
    unsaid = [cue for cue in selling if not cue.is_said and (is_sure or cue.is_about(said))]
    return unsaid[-1] if unsaid else "own"


def _offered(made: OpenCue | Basis, at_ms: int) -> Offered:
    if not isinstance(made, OpenCue):
        return Offered(None, None, "", made, at_ms, at_ms)
    basis: Basis = "said" if made.is_said else "shown"
    prompt = made.prompt
    return Offered(prompt.prompt_id, prompt.offer_id, prompt.because.rule, basis, at_ms, at_ms)


def _is_of(result: Result, prompt_id: str | None, offer_id: str | None) -> bool:
    if result.prompt_id is None and result.offer_id is None:
        return True
    return (result.prompt_id is not None and result.prompt_id == prompt_id) or (
        result.offer_id is not None and result.offer_id == offer_id
    )
