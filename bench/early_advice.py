"""What a playbook shows while words go on, in a call whose words are given as text."""

from __future__ import annotations

from assist.backtest import RecordedCall, Ruleset
from assist.early import EarlyPrompts
from assist.messages import Prompt, Utterance
from assist.playbook import Turn, advise, begin
from assist.playbook.experiments import redrawn
from assist.ports import Analyser

STEP_CHARS = 4
"""So many new characters at a time are looked at."""
DELAY_MS = 100
"""From the end of a character until it is known."""


async def early_prompts(call: RecordedCall, rules: Ruleset, understanding: Analyser | None) -> list[Prompt]:
    """Prompts that were on the screen before the sentence was over, in order; none of what finals say."""
    book = rules.playbook
    analyser = understanding.open_call(book) if understanding else None
    early, shown = EarlyPrompts(book), list[Prompt]()
    state = begin(book, redrawn(book.experiments.values(), call.call_id, call.assignments))
    for fact in call.facts(rules.listen):
        if isinstance(fact, Turn):
            for heard in _growing(fact.utterance):
                signals = (*rules.listen(heard), *(await analyser.foresee(heard) if analyser else ()))
                shown += (one for one in early.look(state, heard, signals) if isinstance(one, Prompt))
            if analyser:
                await analyser.analyse(fact.utterance)
        state, advice = advise(book, state, fact)
        early.settle(state, fact, advice)
    return shown


def _growing(said: Utterance) -> list[Utterance]:
    """What has been heard of an utterance after each few characters, a word each."""
    parts: list[Utterance] = []
    for chars in range(STEP_CHARS, len(said.words), STEP_CHARS):
        words = said.words[:chars]
        end_ms = words[-1].end_ms
        text = "".join(word.text for word in words)
        told = {"text": text, "words": words, "end_ms": end_ms, "decided_ms": end_ms + DELAY_MS}
        parts.append(said.model_copy(update=told))
    return parts
