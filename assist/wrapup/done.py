"""What the agent did in a call: results that were told, answers with figures, instructions, escalation."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from assist.view import Line
from assist.wrapup.lines import Sentence, is_agent, sentences

Deed = Literal["result", "figures", "instruction", "transfer"]

MAX_DEEDS = 6
_EACH: dict[Deed, int] = {"result": 3, "transfer": 1, "figures": 2, "instruction": 2}
"""How many of a kind a summary tells, the most important kind first."""
_DONE = re.compile(
    r"(?:已经|已|帮[您你]|给[您你]|为[您你]|这边)[^。，？]{0,14}(?:了|好|成功|完成|完毕)|(?:办|改|退|关|开|查|登记|提交|取消|恢复|处理)(?:好|成功|完)了"
)
_NO_DEED = re.compile(r"[？?吗么呢][。]*$|抱歉|对不起|不好意思|久等")
"""Asks, or is a formula."""
_FIGURES = frozenset(["amount", "data_volume", "minutes", "bandwidth", "contract_term", "order_no", "discount"])
_TELLS = frozenset(["inform", "answer", "disclose"])


@dataclass(frozen=True, slots=True)
class Done:
    """One thing that the agent did."""

    deed: Deed
    quote: str
    utterance_id: str
    at_ms: int


def deeds_of(lines: Sequence[Line], without: Collection[str]) -> tuple[Done, ...]:
    """The most telling ones in the order of the call; ``without``: quotes that stand elsewhere in the summary."""
    found = [done for line in lines if is_agent(line) for done in _deeds_in(line) if done.quote not in without]
    kept: list[Done] = []
    for deed, most in _EACH.items():
        of_kind = list({done.quote: done for done in found if done.deed == deed}.values())
        kept += of_kind[-most:] if deed == "result" else of_kind[:most]
    return tuple(sorted(kept[:MAX_DEEDS], key=lambda done: done.at_ms))


def _deeds_in(line: Line) -> Iterator[Done]:
    for sentence in sentences(line):
        deed = _deed(line, sentence)
        if deed is not None:
            yield Done(deed, sentence.quote, line.utterance_id, line.start_ms + sentence.start)


def _deed(line: Line, sentence: Sentence) -> Deed | None:
    if _NO_DEED.search(sentence.text):
        return None
    if "transfer" in line.acts:
        return "transfer"
    if _DONE.search(sentence.text):
        return "result"
    if _TELLS.intersection(line.acts) and any(entity.label in _FIGURES for entity in sentence.entities):
        return "figures"
    return "instruction" if "instruct" in line.acts else None
