"""The attention of the agent at one moment: which prompts are open, and whether there is room for another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

from assist.messages import Assignment, Prompt, PromptKind, PromptUpdated
from assist.playbook.experiments import conduct
from assist.playbook.model import SELLING_KINDS, URGENCY, Etiquette, Mode, Playbook
from assist.playbook.moment import Moment, StateEntry, Truth
from assist.playbook.offers.catalogue import MODE_PATH
from assist.playbook.wording import WORDINGS


class Attention:
    """Lives for one moment; tells what it shows and closes."""

    def __init__(
        self,
        playbook: Playbook,
        moment: Moment,
        open_prompts: tuple[Prompt, ...],
        last: Prompt | None,
        tell: Callable[[Prompt | PromptUpdated], None],
        *,
        is_early: bool,
        assignments: Mapping[str, Assignment],
    ) -> None:
        """``is_early``: the words go on; a prompt takes no other's place. ``assignments`` by experiment id."""
        self._playbook = playbook
        self._moment = moment
        self._tell = tell
        self._is_early = is_early
        self._assignments = assignments
        self._mode: Mode | None = playbook.etiquette.modes.get(moment.facts.get(MODE_PATH, ""))
        self.open = list(open_prompts)
        """Oldest first."""
        self.last = last
        """The prompt that was shown last."""

    @property
    def is_selling_held(self) -> bool:
        """Whether offers have to wait."""
        return is_held(self._playbook.etiquette, self._moment.states, self._moment.tags)

    def has_room(self, kind: PromptKind) -> bool:
        """Whether a prompt may be shown now; a less urgent one may have to go for it."""
        if self._mode is not None and kind not in self._mode.kinds:
            return False
        if kind in SELLING_KINDS and self.is_selling_held:
            return False
        etiquette, urgency, last = self._playbook.etiquette, URGENCY[kind], self.last
        is_too_soon = last is not None and self._moment.at_ms < last.at_ms + etiquette.min_gap_ms
        if last is not None and is_too_soon and urgency <= URGENCY[last.kind]:
            return False
        if len(self.open) < etiquette.max_open_prompts:
            return True
        return not self._is_early and URGENCY[self._weakest().kind] <= urgency

    def show(self, prompt: Prompt) -> None:
        """``has_room`` said yes. One that the call's draw holds out is told, but takes nobody's place or attention."""
        source = prompt.because.rule.partition("@")[0]
        prompt = conduct(prompt, self._playbook.experiment_of(source), self._assignments)
        if prompt.arm == "held-out":
            if not self._is_early:
                self._tell(prompt)
            return
        if self._mode is not None and self._mode.is_brief:
            prompt = prompt.model_copy(update={"brief": True})
        if len(self.open) >= self._playbook.etiquette.max_open_prompts:
            self.close(self._weakest(), "withdrawn", WORDINGS[self._playbook.language].replaced)
        self.open.append(prompt)
        self.last = prompt
        self._tell(prompt)

    def _weakest(self) -> Prompt:
        return min(self.open, key=lambda prompt: URGENCY[prompt.kind])

    def of_rule(self, reference: str) -> Prompt | None:
        """The open prompt of a rule, by id@version."""
        return next((prompt for prompt in self.open if prompt.because.rule == reference), None)

    def close(self, prompt: Prompt, state: Literal["expired", "withdrawn"], reason: str) -> None:
        """An open prompt goes."""
        self.open.remove(prompt)
        self._tell(PromptUpdated(prompt_id=prompt.prompt_id, at_ms=self._moment.at_ms, state=state, reason=reason))

    def withdraw_selling(self) -> None:
        """What sells goes when selling has to wait."""
        if self.is_selling_held:
            is_barred = is_barred_to(self._playbook.etiquette, self._moment.tags)
            held_because = self._playbook.etiquette.selling_held_because
            because = WORDINGS[self._playbook.language].not_for_them if is_barred else held_because
            for prompt in [prompt for prompt in self.open if prompt.kind in SELLING_KINDS or prompt.offer_id]:
                self.close(prompt, "withdrawn", because)

    def expire(self) -> None:
        """Prompts end on ticks, and all of them with the call."""
        wording = WORDINGS[self._playbook.language]
        is_close = self._moment.kind == "close"
        if is_close or self._moment.kind == "tick":
            for prompt in list(self.open):
                if is_close or prompt.expires_ms <= self._moment.at_ms:
                    self.close(prompt, "expired", wording.call_ended if is_close else wording.expired)


def is_held(etiquette: Etiquette, states: Mapping[str, StateEntry], tags: Mapping[str, Truth]) -> bool:
    """Whether a state forbids selling, or may forbid it, or the customer is one to whom nothing is sold."""
    for name, value in etiquette.no_selling_while.items():
        entry = states.get(name)
        if entry is not None and (entry.value == value or not entry.is_certain):
            return True
    return is_barred_to(etiquette, tags)


def is_barred_to(etiquette: Etiquette, tags: Mapping[str, Truth]) -> bool:
    """Whether the customer has a tag to which nothing is sold."""
    return any(tags.get(tag) is Truth.TRUE for tag in etiquette.never_to)
