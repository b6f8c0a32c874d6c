"""The fold: a playbook's rules over the facts of a call give prompts, flags and measures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import assert_never

from assist.heard import Hearing
from assist.messages import (
    CallRepeated,
    CueHeard,
    CustomerTagged,
    Flag,
    NeedHeard,
    Notification,
    OfferHeldBack,
    OvertalkSignal,
    PhraseSignal,
    Prompt,
    PromptLeftOut,
    PromptsLimited,
    PromptUpdated,
    Reaction,
    Signal,
    SilenceSignal,
    SpeechStarted,
    TextSignal,
    Utterance,
    UtteranceDropped,
    Verdict,
)
from assist.playbook.attention import WAITED_FOR, Attention, held_because, is_held, without_selling
from assist.playbook.facts import CallEnded, Fact, Known, Tick, Turn
from assist.playbook.firing import flag_of, notification_of, number_of, prompt_of, verdict_of
from assist.playbook.learning import learn
from assist.playbook.memory import repeat_facts, repeated
from assist.playbook.model import Playbook, Rule, urgency
from assist.playbook.moment import MAX_EVIDENCE, Finding, Moment, StateEntry, Truth
from assist.playbook.offers.course import Course
from assist.playbook.offers.sale import sell
from assist.playbook.operators.base import Operator
from assist.playbook.rule_run import RuleRun
from assist.playbook.spans import weakest_stretch
from assist.playbook.state import RunState, Waiting
from assist.playbook.wording import explain

Advice = (
    NeedHeard
    | OfferHeldBack
    | Prompt
    | PromptUpdated
    | PromptLeftOut
    | PromptsLimited
    | CueHeard
    | Reaction
    | Flag
    | Notification
    | CustomerTagged
    | CallRepeated
    | SilenceSignal
    | OvertalkSignal
)

LATE_MS = 8_000
"""How long what came too soon after another prompt is still about what was said."""


def advise(playbook: Playbook, state: RunState, fact: Fact) -> tuple[RunState, tuple[Advice, ...]]:
    """The state after one more fact, and what follows from it, in order of publication.

    Pure: the same facts in the same order give the same advice, live or from a recording. Nothing follows from what
    comes after ``CallEnded``.
    """
    if state.is_over:
        return state, ()
    match fact:
        case SpeechStarted():
            at_ms = max(state.at_ms, fact.decided_ms)
            return replace(state, at_ms=at_ms, measures=state.measures.started(fact)), ()
        case Known():
            state, told = learn(playbook, state, fact)
            state, gone = without_selling(playbook, state)
            return state, (*told, *gone)
        case Turn():
            return _advise_turn(playbook, state, fact)
        case UtteranceDropped():
            at_ms, measures = max(state.at_ms, fact.decided_ms), state.measures.dropped(fact)
            moment = Moment("dropped", at_ms, state.floor, measures, facts=state.facts, heard=state.heard, dropped=fact)
            return _Step(playbook, state, moment).run()
        case Tick():
            at_ms = max(state.at_ms, fact.at_ms)
            heard, news = state.heard.reached(at_ms)
            moment = Moment("tick", at_ms, state.floor, state.measures, facts=state.facts, heard=heard)
            return _Step(playbook, state, moment).run(before=news)
        case CallEnded():
            at_ms = max(state.at_ms, fact.at_ms)
            heard, news = state.heard.ended(at_ms)
            moment = Moment(
                "close",
                at_ms,
                state.floor,
                state.measures,
                facts=state.facts,
                heard=heard,
                judgements=state.judgements,
                cause=fact.cause,
            )
            ended, advice = _Step(playbook, state, moment).run(before=(*state.measures.ended(at_ms), *news))
            return replace(ended, is_over=True), advice
        case _:
            assert_never(fact)


def foresee(
    playbook: Playbook, state: RunState, heard: Turn, others: Sequence[Prompt]
) -> tuple[RunState, tuple[Prompt, ...]]:
    """The state that the words heard so far would leave if they were all, and which prompts may be shown before.

    Nothing of it is remembered. ``others``: early prompts of other words; no prompt takes another's place.
    """
    if state.is_over:
        return state, ()
    before = replace(state, open_prompts=(*state.open_prompts, *others))
    moment, _ = _turn_moment(before, heard.utterance, heard.signals)
    after, advice = _Step(playbook, before, moment, is_early=True).run()
    return after, tuple(one for one in advice if isinstance(one, Prompt) and one.from_partial)


def why_selling_waits(playbook: Playbook, state: RunState) -> str | None:
    """For people: why offers have to wait as things stand; None: they need not."""
    is_waiting = is_held(playbook.etiquette, state.states, state.tags)
    return held_because(playbook, state.tags) if is_waiting else None


def _advise_turn(playbook: Playbook, state: RunState, turn: Turn) -> tuple[RunState, tuple[Advice, ...]]:
    finals = [one for one in turn.signals if not (isinstance(one, TextSignal) and one.from_partial)]
    repeat = repeated(state.facts, turn.utterance, finals)
    if repeat is not None:
        state = replace(state, facts={**state.facts, **repeat_facts(repeat)})
    moment, signals = _turn_moment(state, turn.utterance, finals)
    return _Step(playbook, state, moment).run(before=(*((repeat,) if repeat else ()), *signals))


def _turn_moment(
    state: RunState, utterance: Utterance, found: Sequence[Signal]
) -> tuple[Moment, tuple[SilenceSignal | OvertalkSignal | CueHeard | Reaction, ...]]:
    """The moment of an utterance, and what it says about silence, overtalk, prompts and offers."""
    measures, silences, overtalks = state.measures.spoke(utterance)
    heard, news = state.heard.heard(utterance, found)
    moment = Moment(
        "turn",
        max(state.at_ms, utterance.decided_ms),
        state.floor.taken_by(utterance.party),
        measures,
        utterance=utterance,
        weakest=weakest_stretch(utterance),
        phrases=tuple(signal for signal in found if isinstance(signal, PhraseSignal)),
        signals=tuple(signal for signal in found if not isinstance(signal, PhraseSignal)),
        facts=state.facts,
        overtalks=overtalks,
        heard=heard,
    )
    return moment, (*silences, *(overtalk.signal() for overtalk in overtalks), *news)


class _Step:
    """One moment taken through all rules; lives for one call of ``advise`` or ``foresee``."""

    def __init__(self, playbook: Playbook, state: RunState, moment: Moment, *, is_early: bool = False) -> None:
        """``is_early``: the words go on; prompts that may be shown by now are marked, where there is room."""
        self._playbook = playbook
        self._is_early = is_early
        self._state = state
        self._states = dict(state.states)
        self._fired: Counter[str] = Counter()
        self._waiting = {waiting.place: waiting for waiting in state.waiting}
        facts = state.known
        gaps = tuple(gap for gap in state.gaps if gap.start_ms < moment.at_ms) if state.gaps else ()
        self._moment = replace(moment, states=self._states, tags=state.tags, facts=facts, fired=state.fired, gaps=gaps)
        self._advice: list[Advice] = []
        self._attention = Attention(playbook, self._moment, state, self._advice.append, is_early=is_early)

    def run(self, *, before: tuple[Advice, ...] = ()) -> tuple[RunState, tuple[Advice, ...]]:
        """The next state and the advice, ``before`` first."""
        self._advice.extend(before)
        rules, awake = self._look()
        rules = self._show_waiting(rules)
        course = self._sell()
        self._attention.withdraw_selling()
        self._attention.expire()
        after = replace(
            self._state,
            at_ms=self._moment.at_ms,
            measures=self._moment.measures,
            floor=self._moment.floor,
            rules=rules,
            awake=awake,
            states=self._states,
            open_prompts=tuple(self._attention.open),
            last_prompt=self._attention.last,
            spent=self._attention.spent,
            left_out=self._attention.left_out,
            lacking=self._attention.lacking,
            waiting=tuple(self._waiting[place] for place in sorted(self._waiting)),
            course=course,
            heard=self._listened(),
            fired=Counter(self._state.fired) + self._fired if self._fired else self._state.fired,
            gaps=tuple(gap for gap in self._state.gaps if gap.end_ms > self._moment.at_ms),
        )
        return after, tuple(self._advice)

    def _listened(self) -> Hearing:
        """What was just shown is listened for from now on."""
        prompts = [one for one in self._advice if isinstance(one, Prompt)]
        if not prompts:
            return self._moment.heard
        return self._moment.heard.shown(prompts, (term.text for term in self._playbook.lexicon))

    def _look(self) -> tuple[tuple[RuleRun, ...], frozenset[int]]:
        """The rules that the moment concerns see it, in their order; the others would find nothing new in it."""
        index = self._playbook.index
        runs, awake = self._state.rules, self._state.awake
        changed: dict[int, RuleRun] = {}
        waiting = (waiting.prompt for waiting in self._waiting.values())
        prompted = [prompt.because.rule_id for prompt in (*self._attention.open, *waiting)]
        for place in index.due(self._moment, runs, awake, prompted):
            run = self._apply(place, runs[place])
            if run is not runs[place]:
                changed[place] = run
        if not changed:
            return runs, awake
        after = list(runs)
        for place, run in changed.items():
            after[place] = run
        woken = {place for place, run in changed.items() if index.is_awake(place, run)}
        return tuple(after), (awake - changed.keys()) | woken

    def _apply(self, place: int, run: RuleRun) -> RuleRun:
        """One rule sees the moment: states first, then withdrawals, then what it has to say."""
        rule = self._playbook.rules[place]
        condition, finding = run.condition.observe(self._moment)
        withdrawals = self._withdraw(place, run)
        is_event = self._moment.kind == "turn" or not run.was_true or not rule.fires_live
        is_true = finding.truth is not Truth.FALSE
        if condition is not run.condition or withdrawals is not run.withdrawals or is_true is not run.was_true:
            run = run.seen(condition, withdrawals, was_true=is_true)
        if not is_true and finding.outcome is None:
            return run
        fires = rule.fires_at_close if self._moment.kind == "close" else rule.fires_live
        if not fires or not (is_event or finding.outcome is not None):
            return run
        if finding.truth is not Truth.FALSE:
            self._set_states(rule, finding)
        verdict = verdict_of(rule.flag, finding)
        wants_prompt = rule.prompt is not None and finding.truth is Truth.TRUE and self._moment.kind != "close"
        wants_word = rule.notify is not None and finding.truth is Truth.TRUE
        if verdict is None and not wants_prompt and not wants_word:
            return run
        return self._fire(place, run, finding, verdict, wants_prompt=wants_prompt)

    def _set_states(self, rule: Rule, finding: Finding) -> None:
        """Uncertain words make a state uncertain only where they would change it."""
        is_certain = finding.truth is Truth.TRUE
        for name, value in rule.sets.items():
            known = self._states.get(name)
            if is_certain or known is None or known.value != value:
                self._states[name] = StateEntry(value, is_certain, finding.evidence[:MAX_EVIDENCE])
        if is_certain and rule.is_silent:
            self._fired[rule.rule_id] += 1

    def _fire(
        self, place: int, run: RuleRun, finding: Finding, verdict: Verdict | None, *, wants_prompt: bool
    ) -> RuleRun:
        """Say what the rule has to say, within its limits; a prompt that nobody sees is no firing for other rules."""
        rule = self._playbook.rules[place]
        notify = rule.notify if finding.truth is Truth.TRUE else None
        if self._is_early:
            verdict, notify = None, None
        number = number_of(rule, run, verdict, self._moment.at_ms)
        if number is None:
            return run
        has_told = False
        if verdict is not None and rule.flag is not None:
            self._advice.append(flag_of(self._playbook, rule, rule.flag, finding, verdict, number, self._moment))
            has_told = True
        if notify is not None:
            self._advice.append(notification_of(self._playbook, rule, notify, finding, number, self._moment))
            has_told = True
        is_open = self._attention.of_rule(self._playbook.reference_of(rule)) is not None
        shown: Prompt | None = None
        if wants_prompt and rule.prompt and not is_open:
            prompt = prompt_of(
                self._playbook, rule, rule.prompt, finding, number, self._moment, is_early=self._is_early
            )
            shown = self._show(Waiting(prompt, prompt.expires_ms, place, number))
        if not has_told and shown is None:
            return run
        is_pending = finding.outcome == "at_risk"
        if has_told or (shown is not None and shown.arm == "shown"):
            self._fired[rule.rule_id] += number > run.fired
        return replace(run, fired=number, fired_ms=self._moment.at_ms, verdict=verdict, is_pending=is_pending)

    def _show(self, wanted: Waiting) -> Prompt | None:
        """The prompt as the call gets it; one that only overtalk or another one just shown keeps away waits."""
        self._waiting.pop(wanted.place, None)
        shown = self._attention.show(wanted.prompt)
        if isinstance(shown, Prompt):
            return shown
        if shown in WAITED_FOR and not self._is_early:
            is_late_at_ms = self._moment.at_ms + LATE_MS if shown == "gap" else wanted.until_ms
            self._waiting[wanted.place] = replace(wanted, until_ms=min(wanted.until_ms, is_late_at_ms))
        return None

    def _show_waiting(self, runs: tuple[RuleRun, ...]) -> tuple[RuleRun, ...]:
        """What has waited is tried again after what this moment calls for, most urgent first, until its time is up.

        Where one still has to wait, so have the less urgent ones that nobody asked for, untried.
        """
        if self._is_early or not self._state.waiting:
            return runs
        after, at_ms, is_shut = list(runs), self._moment.at_ms, False
        for waiting in sorted(self._state.waiting, key=lambda one: urgency(one.prompt), reverse=True):
            if self._waiting.get(waiting.place) is not waiting:
                continue  # withdrawn, or shown anew at this moment
            if self._moment.kind == "close" or waiting.until_ms <= at_ms:
                del self._waiting[waiting.place]
                continue
            if is_shut and not waiting.prompt.asked_for:
                continue
            is_shut = self._attention.keeps_waiting(waiting.prompt)
            if is_shut:
                continue
            shown = self._show(replace(waiting, prompt=waiting.prompt.model_copy(update={"at_ms": at_ms})))
            if shown is not None:
                run = after[waiting.place]
                if shown.arm == "shown":
                    self._fired[shown.because.rule_id] += waiting.number > run.fired
                after[waiting.place] = replace(run, fired=max(run.fired, waiting.number), fired_ms=at_ms)
        return tuple(after)

    def _withdraw(self, place: int, run: RuleRun) -> tuple[Operator, ...]:
        """Take back the rule's prompt, open or waiting, if its moment has passed; its withdrawals as they are now."""
        if not run.withdrawals:
            return run.withdrawals
        rule = self._playbook.rules[place]
        observed = [condition.observe(self._moment) for condition in run.withdrawals]
        for withdrawal, (_, finding) in zip(rule.withdrawals, observed, strict=True):
            if finding.truth is not Truth.TRUE:
                continue
            self._waiting.pop(place, None)
            prompt = self._attention.of_rule(self._playbook.reference_of(rule))
            if prompt is not None:
                self._attention.close(prompt, "withdrawn", explain(withdrawal.because, finding.evidence))
        if all(after is before for (after, _), before in zip(observed, run.withdrawals, strict=True)):
            return run.withdrawals
        return tuple(condition for condition, _ in observed)

    def _sell(self) -> Course:
        """Selling comes after the rules: the caller's problem first."""
        catalogue, course = self._playbook.catalogue, self._state.course
        if catalogue is None or self._moment.kind == "close":
            return course
        return sell(
            self._playbook,
            catalogue,
            course,
            self._moment,
            self._attention,
            is_early=self._is_early,
            tell=self._advice.append,
        )
