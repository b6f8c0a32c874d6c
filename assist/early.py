"""Prompts that are shown while the words that call for them go on, and what becomes of them.

They stand beside the rules' own run, which never knows of them: with them or without, the finals of a call give the
same prompts and flags. So a recording, which has no partials, says what the live call said in the end.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assist.messages import Prompt, PromptUpdated, Signal, Utterance, UtteranceDropped
from assist.playbook import (
    SELLING_KINDS,
    WORDINGS,
    Advice,
    Fact,
    Playbook,
    RunState,
    Turn,
    foresee,
    has_budget,
    why_selling_waits,
)


@dataclass(frozen=True, slots=True)
class _Shown:
    """An early prompt that is open."""

    prompt: Prompt
    utterance_id: str


class EarlyPrompts:
    """The early prompts of one call."""

    def __init__(self, playbook: Playbook) -> None:
        self._playbook = playbook
        self._shown: list[_Shown] = []

    def look(self, state: RunState, heard: Utterance, signals: Sequence[Signal]) -> Sequence[Prompt | PromptUpdated]:
        """What to show for the words heard so far of an utterance that goes on, and what has to go because it sells."""
        if not self._playbook.shows_early:
            return ()
        others = [one.prompt for one in self._shown if one.utterance_id != heard.utterance_id]
        after, prompts = foresee(self._playbook, state, Turn(heard, tuple(signals)), others)
        why = why_selling_waits(self._playbook, after)
        held = [one for one in self._shown if why is not None and _sells(one.prompt)]
        updates = [_withdrawn(one.prompt, after, why or "") for one in held]
        self._shown = [one for one in self._shown if one not in held]
        known = {one.prompt.prompt_id for one in self._shown}
        room = max(0, self._playbook.etiquette.max_open_prompts - len(state.open_prompts) - len(known))
        news: list[Prompt] = []
        for prompt in [prompt for prompt in prompts if prompt.prompt_id not in known][:room]:
            if has_budget(self._playbook, state, [one.prompt for one in self._shown], prompt):
                news.append(prompt)
                self._shown.append(_Shown(prompt, heard.utterance_id))
        return (*updates, *news)

    def settle(self, state: RunState, fact: Fact, advice: Iterable[Advice]) -> Sequence[PromptUpdated]:
        """Which have to go after a fact: not said again by the final, out of time, or offers that have to wait.

        ``state`` and ``advice`` as the fact left them; a prompt that is said again is the rules' own from then on.
        """
        if not self._shown:
            return ()
        said = {one.prompt_id for one in advice if isinstance(one, Prompt)}
        open_now = [one for one in self._shown if one.prompt.prompt_id not in said]
        gone = [(one, update) for one in open_now if (update := self._update(one, state, fact)) is not None]
        self._shown = [one for one in open_now if all(one is not other for other, _ in gone)]
        return [update for _, update in gone]

    def _update(self, shown: _Shown, state: RunState, fact: Fact) -> PromptUpdated | None:
        prompt, wording = shown.prompt, WORDINGS[self._playbook.language]
        decided = fact.utterance if isinstance(fact, Turn) else fact
        is_decided = isinstance(decided, Utterance | UtteranceDropped) and decided.utterance_id == shown.utterance_id
        why = why_selling_waits(self._playbook, state) if _sells(prompt) else None
        if why is not None:
            return _withdrawn(prompt, state, why)
        if is_decided:
            lack = state.lacking.get(prompt.prompt_id)
            return _withdrawn(prompt, state, wording.not_said if lack is None else wording.left_out[lack])
        if state.is_over:
            return _withdrawn(prompt, state, wording.call_ended)
        if prompt.expires_ms <= state.at_ms:
            return PromptUpdated(prompt_id=prompt.prompt_id, at_ms=state.at_ms, state="expired", reason=wording.expired)
        return None


def _sells(prompt: Prompt) -> bool:
    """Whether it goes when selling has to wait."""
    return prompt.kind in SELLING_KINDS or prompt.offer_id is not None


def _withdrawn(prompt: Prompt, state: RunState, reason: str) -> PromptUpdated:
    return PromptUpdated(prompt_id=prompt.prompt_id, at_ms=state.at_ms, state="withdrawn", reason=reason)
