"""The attention of the agent at one moment: which prompts are open, and whether there is room for another.

What finds no room is left out and told. Nothing is queued, for a prompt that comes late helps nobody; what only waits
until nobody talks over anybody any more is tried again by whoever wants it shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Literal

from assist.messages import Lack, Prompt, PromptLeftOut, PromptLimit, PromptUpdated
from assist.playbook.budget import Allowance
from assist.playbook.experiments import conduct, is_held_out
from assist.playbook.model import SELLING_KINDS, Etiquette, Mode, Playbook, standing, urgency
from assist.playbook.moment import Moment, StateEntry, Truth
from assist.playbook.offers.catalogue import MODE_PATH
from assist.playbook.state import RunState
from assist.playbook.wording import WORDINGS

TALKED_OVER_MS = 1_000
"""From so much on, as for rules about overtalk, the agent talks over the customer; a shorter one may be a nod (嗯)."""
WAITED_FOR: tuple[Lack, ...] = ("overtalk", "gap")
"""What is over soon."""
TOLD_AGAIN_MS = 30_000
"""How long it is not told again that a rule's prompt finds no room, for the same lack of it."""


class Attention:
    """Lives for one moment; tells what it shows and closes."""

    def __init__(
        self,
        playbook: Playbook,
        moment: Moment,
        state: RunState,
        tell: Callable[[Prompt | PromptUpdated | PromptLeftOut], None],
        *,
        is_early: bool,
    ) -> None:
        """``is_early``: the words go on; a prompt takes no other's place."""
        self._playbook = playbook
        self._moment = moment
        self._tell = tell
        self._is_early = is_early
        self._assignments = state.assignments
        self._mode = mode_of(playbook.etiquette, moment.facts)
        self.open = list(state.open_prompts)
        """Oldest first."""
        self.last = state.last_prompt
        """The prompt that was shown last."""
        self.spent = state.spent.plus(prompt for prompt in self.open if prompt.from_partial)
        """Early prompts that are open have been seen, although the rules' own run knows nothing of them."""
        self.left_out = state.left_out
        self.lacking: dict[str, Lack] = {}
        """Prompts that have found no room at this moment, by id."""

    @property
    def is_selling_held(self) -> bool:
        """Whether offers have to wait."""
        return is_held(self._playbook.etiquette, self._moment.states, self._moment.tags)

    def offers(self, offer_id: str, *, is_asked_for: bool) -> bool:
        """Whether the agent is shown offers at all, and the draw of the call has not kept this one from them."""
        is_wanted = self._mode is None or "offer" in self._mode.kinds
        experiment = self._playbook.experiment_of(offer_id)
        return is_wanted and not is_held_out(experiment, self._assignments, is_asked_for=is_asked_for)

    def show(self, prompt: Prompt) -> Prompt | Lack | None:
        """Show it if it may be shown and there is room; a less urgent one may have to go for it.

        Returns it as the call gets it, what it lacks where it is left out, None where it is not wanted. One that the
        draw holds out comes through the same gate and is told, but takes nobody's place.
        """
        is_unwanted = self._mode is not None and prompt.kind not in self._mode.kinds
        if is_unwanted or (prompt.kind in SELLING_KINDS and self.is_selling_held):
            return None
        source = prompt.because.rule_id
        prompt = conduct(prompt, self._playbook.experiment_of(source), self._assignments)
        lack = self._lack(prompt)
        if lack is not None:
            self._leave_out(prompt, lack)
            return lack
        if prompt.arm == "held-out":
            if not self._is_early:
                self._tell(prompt)
            return prompt
        if self._mode is not None and self._mode.is_brief:
            prompt = prompt.model_copy(update={"brief": True})
        if len(self.open) >= self._playbook.etiquette.max_open_prompts:
            self.close(self._weakest(), "withdrawn", WORDINGS[self._playbook.language].replaced)
        self.open.append(prompt)
        self.last = prompt
        self.spent = self.spent.plus([prompt])
        self._tell(prompt)
        return prompt

    def keeps_waiting(self, prompt: Prompt) -> bool:
        """Whether what keeps a prompt away will be over soon."""
        return self._lack(prompt) in WAITED_FOR

    def _lack(self, prompt: Prompt) -> Lack | None:
        """Why there is no room for a prompt, what lasts longest first; None: there is."""
        etiquette, last, at_ms = self._playbook.etiquette, self.last, self._moment.at_ms
        if self._full_for(prompt) is not None:
            return "budget"
        measures, final = self._moment.measures, self._moment.utterance
        if measures.talks_over_ms("agent", "customer", at_ms, final) >= TALKED_OVER_MS:
            return "overtalk"
        is_full = len(self.open) >= etiquette.max_open_prompts
        if is_full and (self._is_early or urgency(self._weakest()) > urgency(prompt)):
            return "places"
        if last is None or at_ms >= last.at_ms + etiquette.min_gap_ms or urgency(prompt) > urgency(last):
            return None
        return None if prompt.asked_for and not last.asked_for else "gap"

    def _full_for(self, prompt: Prompt) -> Allowance | None:
        """The allowance that has no place for a prompt."""
        budget = budget_of(self._playbook.etiquette, self._moment.facts)
        return self.spent.full(budget, standing(prompt), self._moment.at_ms)

    def _leave_out(self, prompt: Prompt, lack: Lack) -> None:
        """Early ones are not told: their final will say."""
        self.lacking[prompt.prompt_id] = lack
        key = (prompt.because.rule, lack)
        told_ms = self.left_out.get(key)
        if self._is_early or (told_ms is not None and self._moment.at_ms < told_ms + TOLD_AGAIN_MS):
            return
        self.left_out = {**self.left_out, key: self._moment.at_ms}
        full = self._full_for(prompt) if lack == "budget" else None
        limit = None if full is None else full.limit(self._moment.facts)
        self._tell(
            PromptLeftOut(
                prompt_id=prompt.prompt_id,
                kind=prompt.kind,
                title=prompt.title,
                because=prompt.because,
                at_ms=self._moment.at_ms,
                lack=lack,
                reason=WORDINGS[self._playbook.language].left_out[lack] if limit is None else limit.because,
                limit=limit,
                experiment=prompt.experiment,
                offer_id=prompt.offer_id,
            )
        )

    def _weakest(self) -> Prompt:
        return min(self.open, key=urgency)

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
            because = held_because(self._playbook, self._moment.tags)
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


def without_selling(playbook: Playbook, state: RunState) -> tuple[RunState, tuple[PromptUpdated, ...]]:
    """The state after what sells has gone because of what has just become known; and what went."""
    gone: list[Prompt | PromptUpdated | PromptLeftOut] = []
    moment = Moment("tick", state.at_ms, state.floor, state.measures, states=state.states, tags=state.tags)
    attention = Attention(playbook, moment, state, gone.append, is_early=False)
    attention.withdraw_selling()
    if not gone:
        return state, ()
    return replace(state, open_prompts=tuple(attention.open)), tuple(
        one for one in gone if isinstance(one, PromptUpdated)
    )


def mode_of(etiquette: Etiquette, facts: Mapping[str, str]) -> Mode | None:
    """How the agent of the call likes to be prompted."""
    return etiquette.modes.get(facts.get(MODE_PATH, ""))


def budget_of(etiquette: Etiquette, facts: Mapping[str, str]) -> tuple[Allowance, ...]:
    """Of the agent of the call, as far as it holds by what is known."""
    mode = mode_of(etiquette, facts)
    budget = etiquette.budget if mode is None or mode.budget is None else mode.budget
    return tuple(allowance for allowance in budget if allowance.holds(facts))


def limits_of(etiquette: Etiquette, facts: Mapping[str, str]) -> tuple[PromptLimit, ...]:
    """The allowances of that budget that hold because of what is known."""
    limits = (allowance.limit(facts) for allowance in budget_of(etiquette, facts))
    return tuple(limit for limit in limits if limit is not None)


def has_budget(playbook: Playbook, state: RunState, seen: Iterable[Prompt], prompt: Prompt) -> bool:
    """Whether an early prompt has a place, when these early ones have been seen beside all that the rules showed."""
    budget = budget_of(playbook.etiquette, state.facts)
    return state.spent.plus(seen).full(budget, standing(prompt), prompt.at_ms) is None


def is_held(etiquette: Etiquette, states: Mapping[str, StateEntry], tags: Mapping[str, Truth]) -> bool:
    """Whether a state forbids selling, or may forbid it, or the customer is one to whom nothing is sold."""
    return holding_state(etiquette, states) is not None or is_barred_to(etiquette, tags)


def holding_state(etiquette: Etiquette, states: Mapping[str, StateEntry]) -> str | None:
    """The first state that forbids selling, or may."""
    for name, value in etiquette.no_selling_while.items():
        entry = states.get(name)
        if entry is not None and (entry.value == value or not entry.is_certain):
            return name
    return None


def held_because(playbook: Playbook, tags: Mapping[str, Truth]) -> str:
    """For people: why nothing is sold, when nothing is."""
    if is_barred_to(playbook.etiquette, tags):
        return WORDINGS[playbook.language].not_for_them
    return playbook.etiquette.selling_held_because


def is_barred_to(etiquette: Etiquette, tags: Mapping[str, Truth]) -> bool:
    """Whether the customer has a tag to which nothing is sold."""
    return barring_tag(etiquette, tags) is not None


def barring_tag(etiquette: Etiquette, tags: Mapping[str, Truth]) -> str | None:
    """The first tag of the customer to which nothing is sold."""
    return next((tag for tag in etiquette.never_to if tags.get(tag) is Truth.TRUE), None)
