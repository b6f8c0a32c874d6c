"""What a customer's words say to an offer: yes, perhaps, or no."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from assist.messages import ActSignal, IntentSignal, Signal
from assist.spoken import spoken

Attitude = Literal["accepted", "hesitant", "refused"]

ATTITUDES: tuple[Attitude, ...] = ("accepted", "hesitant", "refused")
MIN_STRENGTH = 0.5
"""Below, words are no reaction."""
BESIDE_FACTOR = 0.6
"""What an intent that is only mentioned counts."""
QUESTION_FACTOR = 0.3
"""What words count inside a question (要是以后不想要了呢)."""

QUESTIONED_YES_FACTOR = 0.6
"""What a yes that the models heard counts inside a question (那什么时候可以用)."""

_FILLERS = "嗯哦啊呃喂噢"
_ASKED = ("什么时候", "怎么", "多少", "哪", "多久")

_ACTS: Mapping[str, tuple[Attitude, float]] = {
    "accept": ("accepted", 0.7),
    "reject": ("refused", 0.8),
    "object": ("hesitant", 0.7),
}
_INTENTS: Mapping[str, tuple[Attitude, float]] = {
    "agree": ("accepted", 0.7),
    "refuse": ("refused", 0.8),
    "hesitate": ("hesitant", 0.8),
    "price_objection": ("hesitant", 0.75),
    "compare_rival": ("hesitant", 0.4),
    "busy": ("hesitant", 0.5),
}
_ANSWERS: Mapping[str, tuple[Attitude, float]] = {"confirm": ("accepted", 0.55), "deny": ("refused", 0.55)}
"""Acts that answer what was asked just before."""


def _listed(phrases: str) -> tuple[str, ...]:
    return tuple(phrases.split())


_PLAIN: Mapping[Attitude, tuple[str, ...]] = {
    "accepted": _listed("""
        办一个 办个 办理吧 办吧 帮我办 给我办 帮我开 给我开 开通吧 开吧 开一个 我要办 来一个 订一个 帮我订 帮我留
        就这个 就办 就要这个 试试吧 那就这样办 换吧 升吧 加一个吧 加上吧
    """),
    "refused": _listed("""
        不需要 不想要 不要了 我不要 不要办 不办 不用了 用不上 用不着 不感兴趣 没兴趣 没有兴趣 不考虑 不想办 不想换 不换
        别推销 不要推销 不要再推 别再推 不要推荐 别推荐 不必了
    """),
    "hesitant": _listed("""
        再想想 想一想 想一下 考虑 商量 再说吧 再看看 看看再 犹豫 太贵 有点贵 好贵 贵了 拿不准 不确定 回头再 改天
        以后再 能不能便宜 便宜点
    """),
}
"""What people say who take an offer, leave it, or cannot decide."""
_PLAIN_STRENGTH: Mapping[Attitude, float] = {"accepted": 0.65, "refused": 0.65, "hesitant": 0.6}
_SHORT_YES = frozenset(
    _listed("好 好的 好啊 好吧 行 行啊 行吧 可以 可以的 可以啊 要 要的 嗯好 嗯好的 没问题 同意 成 那好 那行 那可以")
)
_SHORT_NO = frozenset(_listed("不 不用 不要 不行 不了 算了 没有 不是 免了 那算了"))
_SHORT_STRENGTH = 0.6


@dataclass(frozen=True, slots=True)
class Reading:
    """How some words take an offer."""

    attitude: Attitude
    strength: float
    """0 to 1"""
    is_plain: bool
    """Its words speak for themselves, whatever was said before."""


def read_attitude(text: str, signals: Sequence[Signal], *, is_answer: bool) -> Reading | None:
    """What the words of a customer say to an offer; None: nothing.

    ``is_answer``: the agent has just spoken of the offer, so that a mere yes or no is meant for it.
    """
    votes: dict[Attitude, list[float]] = {attitude: [] for attitude in ATTITUDES}
    chars = spoken(text).chars
    if not chars.strip(_FILLERS):
        return None
    is_question = _is_question(signals) or any(asked in chars for asked in _ASKED)
    plain: set[Attitude] = {
        attitude for attitude, phrases in _PLAIN.items() if any(phrase in chars for phrase in phrases)
    }
    if "refused" in plain:
        plain.discard("accepted")
    factor = QUESTION_FACTOR if is_question else 1.0
    for attitude in plain:
        votes[attitude].append(_PLAIN_STRENGTH[attitude] * factor)
    if is_answer and chars in _SHORT_YES:
        votes["accepted"].append(_SHORT_STRENGTH)
    elif is_answer and chars in _SHORT_NO:
        votes["refused"].append(_SHORT_STRENGTH)
    for attitude, strength in _heard(signals, is_answer=is_answer):
        votes[attitude].append(strength * (QUESTIONED_YES_FACTOR if is_question and attitude == "accepted" else 1))
    strengths: dict[Attitude, float] = {attitude: _together(votes[attitude]) for attitude in ATTITUDES}
    best = max(ATTITUDES, key=strengths.__getitem__)
    if strengths[best] < MIN_STRENGTH:
        return None
    is_plain = best in plain and not is_question
    return Reading(best, round(strengths[best], 3), is_plain) if is_answer or is_plain else None


def _heard(signals: Iterable[Signal], *, is_answer: bool) -> Iterable[tuple[Attitude, float]]:
    """What the models heard in it."""
    for one in signals:
        match one:
            case ActSignal(label=label) if label in _ACTS:
                attitude, weight = _ACTS[label]
                yield attitude, weight * one.score
            case ActSignal(label=label) if label in _ANSWERS and is_answer:
                attitude, weight = _ANSWERS[label]
                yield attitude, weight * one.score
            case IntentSignal(label=label) if label in _INTENTS:
                attitude, weight = _INTENTS[label]
                yield attitude, weight * one.score * (1 if one.is_primary else BESIDE_FACTOR)
            case _:
                pass


def _is_question(signals: Iterable[Signal]) -> bool:
    """Whether the words mainly ask."""
    acts = [one for one in signals if isinstance(one, ActSignal)]
    return bool(acts) and max(acts, key=lambda act: act.score).label == "ask"


def _together(strengths: Iterable[float]) -> float:
    """Independent pieces of evidence: at least as strong as the strongest."""
    doubt = 1.0
    for strength in strengths:
        doubt *= 1 - strength
    return 1 - doubt
