"""Conditions on time and sound, from YAML to operators."""

from __future__ import annotations

from typing import cast, get_args

import yaml

from assist.measures import BACK_CHANNEL_CHARS
from assist.messages import CloseCause
from assist.playbook.conditions.reading import MAX_CHARS, MAX_TURNS, Given, Scope
from assist.playbook.model import AskedLabel
from assist.playbook.moment import AT_TURNS
from assist.playbook.operators.base import Operator
from assist.playbook.operators.order import MAX_REMEMBERED
from assist.playbook.operators.signals import ActFound
from assist.playbook.operators.silence import HoldOver, HoldShare, OnHold, Silence, SilenceBroken
from assist.playbook.operators.sound import (
    Loudness,
    LoudnessSpan,
    LoudnessStep,
    RateChange,
    RateInWindow,
    SpeechRate,
    SpeechShare,
    TalkShare,
)
from assist.playbook.operators.timing import (
    CallLength,
    FirstWords,
    HangUp,
    HeldFor,
    ReplyGap,
    TalksOver,
    TurnCount,
)
from assist.playbook.reader import line_of

HOLD_ACT = "hold"
"""What the models call asking for patience (请稍等)."""
_MAX_RATE = 2_000
_MAX_RATIO = 5
_MAX_DB = 60
_MAX_WINDOW_MS = 600_000
_MAX_MERGE_GAP_MS = 5_000


def read_silence(node: yaml.Node, scope: Scope) -> Operator:
    """``silence``"""
    once_over = ("before_party", "unless_after")
    given = Given(node, scope, "silence", optional=("min_ms", "after_party", "unless_before", "count", *once_over))
    excuse, amends = (_words(given, key, scope.of("any")) for key in ("unless_before", "unless_after"))
    min_ms, after = given.integer("min_ms", 10_000, least=1_000), given.party("after_party", "any")
    count = given.integer("count", 1, least=1, most=MAX_REMEMBERED)
    if not any(key in given for key in once_over):
        return Silence(min_ms, after, excuse, count)
    return SilenceBroken(min_ms, after, given.party("before_party", "any"), excuse, amends, count)


def read_hold(node: yaml.Node, scope: Scope) -> Operator:
    """``hold``"""
    shares, lengths = ("min_percent", "max_percent"), ("min_ms", "max_ms", "count")
    given = Given(node, scope, "hold", optional=("by", "begins", *lengths, *shares))
    by = given.party("by", "agent")
    begins = _words(given, "begins", scope.of(by))
    if begins is None:
        scope.labels_asked.append(AskedLabel("act", HOLD_ACT, line_of(node)))
        begins = ActFound(by, scope.min_confidence, (HOLD_ACT,))
    if any(key in given for key in shares):
        if any(key in given for key in lengths):
            raise given.refuse("a share of the call has neither min_ms, max_ms nor count")
        least, most = given.integer("min_percent", 0, most=100), given.integer("max_percent", 100, most=100)
        return HoldShare(by, begins, least, most)
    count, max_ms = given.integer("count", 1, least=1, most=MAX_REMEMBERED), given.optional_integer("max_ms", least=1)
    if max_ms is None:
        return OnHold(by, begins, given.integer("min_ms", 60_000, least=1_000), count)
    min_ms = given.integer("min_ms", 0)
    if min_ms > max_ms:
        raise given.refuse("min_ms lies above max_ms")
    return HoldOver(by, begins, min_ms, max_ms, count)


def read_reply_gap(node: yaml.Node, scope: Scope) -> Operator:
    """``reply_gap``"""
    given = Given(node, scope, "reply_gap", optional=("min_ms", "max_ms"))
    most_ms = given.optional_integer("max_ms")
    if most_ms is None and "min_ms" not in given:
        raise given.refuse("needs min_ms, max_ms, or both")
    return ReplyGap(scope.who, given.integer("min_ms", 0), most_ms)


def read_first_words(node: yaml.Node, scope: Scope) -> Operator:
    """``first_words``"""
    given = Given(node, scope, "first_words", optional=("max_ms",))
    return FirstWords(scope.who, given.integer("max_ms", 3_000, least=1_000))


def read_hang_up(node: yaml.Node, scope: Scope) -> Operator:
    """``hang_up``"""
    given = Given(node, scope, "hang_up", optional=("cause", "after_party", "min_ms", "max_ms"))
    return HangUp(
        cause=cast(CloseCause, given.choice("cause", get_args(CloseCause), "hangup")),
        after=given.party("after_party", "any"),
        min_ms=given.integer("min_ms", 0),
        max_ms=given.optional_integer("max_ms"),
    )


def read_overtalk(node: yaml.Node, scope: Scope) -> Operator:
    """``overtalk``"""
    keys = ("by", "min_ms", "min_chars", "other_started_ms", "merge_gap_ms", "count")
    given = Given(node, scope, "overtalk", optional=keys)
    return TalksOver(
        by=given.party("by", scope.who),
        min_ms=given.integer("min_ms", 1_000),
        min_chars=given.integer("min_chars", BACK_CHANNEL_CHARS + 1, most=MAX_CHARS),
        other_started_ms=given.integer("other_started_ms", 1_000),
        merge_gap_ms=given.integer("merge_gap_ms", 200, most=_MAX_MERGE_GAP_MS),
        count=given.integer("count", 1, least=1, most=MAX_REMEMBERED),
    )


def read_speech_rate(node: yaml.Node, scope: Scope) -> Operator:
    """``speech_rate``"""
    keys = ("above", "below", "over", "window_ms", "change_ratio", "min_chars", "for_utterances")
    given = Given(node, scope, "speech_rate", optional=keys)
    above = given.optional_integer("above", least=1, most=_MAX_RATE)
    below = given.optional_integer("below", least=1, most=_MAX_RATE)
    ratio = given.optional_number("change_ratio")
    if sum(one is not None for one in (above, below, ratio)) != 1:
        raise given.refuse("needs above or below, in characters per minute, or change_ratio")
    over = given.choice("over", ("utterance", "window", "call"), "utterance")
    if (over != "utterance" and (ratio is not None or "for_utterances" in given)) or (
        over != "window" and "window_ms" in given
    ):
        raise given.refuse("window_ms goes with over: window, change_ratio and for_utterances with single utterances")
    min_chars = given.integer("min_chars", 10, least=1, most=MAX_CHARS)
    for_utterances = given.integer("for_utterances", 1, least=1, most=MAX_REMEMBERED)
    if over == "window":
        window_ms = given.integer("window_ms", 60_000, least=10_000, most=_MAX_WINDOW_MS)
        return RateInWindow(scope.who, above, below, window_ms, min_chars)
    if ratio is None:
        return SpeechRate(scope.who, above, below, over == "call", min_chars, for_utterances)
    if not (0 < ratio < 1 or 1 < ratio <= _MAX_RATIO):
        raise given.refuse(f"change_ratio: above 1 (to {_MAX_RATIO}) for faster, below 1 for slower")
    return RateChange(scope.who, ratio, min_chars, for_utterances)


def read_loudness(node: yaml.Node, scope: Scope) -> Operator:
    """``loudness``"""
    tests = ("above_own_db", "below_own_db", "step_db", "span_db")
    given = Given(node, scope, "loudness", optional=(*tests, "min_chars", "for_utterances", "for_ms"))
    above, below, step, span = (given.optional_integer(key, least=1, most=_MAX_DB) for key in tests)
    if sum(key in given for key in tests) != 1:
        raise given.refuse(f"needs one of {', '.join(tests)}")
    min_chars = given.integer("min_chars", 4, least=1, most=MAX_CHARS)
    if above is None and below is None and ("for_utterances" in given or "for_ms" in given):
        raise given.refuse("for_utterances and for_ms go with above_own_db and below_own_db")
    if step is not None:
        return LoudnessStep(scope.who, step, min_chars)
    if span is not None:
        return LoudnessSpan(scope.who, span, min_chars)
    return Loudness(
        who=scope.who,
        above_db=above,
        below_db=below,
        min_chars=min_chars,
        for_utterances=given.integer("for_utterances", 1, least=1, most=MAX_REMEMBERED),
        for_ms=given.integer("for_ms", 0, most=_MAX_WINDOW_MS),
    )


def read_talk_share(node: yaml.Node, scope: Scope) -> Operator:
    """``talk_share``"""
    given = Given(node, scope, "talk_share", optional=("party", "min_percent", "max_percent", "after_ms"))
    party = given.party("party", scope.who)
    if party == "any" and "party" not in given:
        raise given.refuse("needs a party; any is how much of the call somebody speaks")
    if "min_percent" not in given and "max_percent" not in given:
        raise given.refuse("needs min_percent, max_percent, or both")
    least, most = given.integer("min_percent", 0, most=100), given.integer("max_percent", 100, most=100)
    after_ms = given.integer("after_ms", 60_000)
    return SpeechShare(least, most, after_ms) if party == "any" else TalkShare(party, least, most, after_ms)


def read_call_length(node: yaml.Node, scope: Scope) -> Operator:
    """``call_length``"""
    given = Given(node, scope, "call_length", optional=("min_ms", "max_ms"))
    return CallLength(given.integer("min_ms", 0), given.optional_integer("max_ms"))


def read_turn_count(node: yaml.Node, scope: Scope) -> Operator:
    """``turn_count``"""
    given = Given(node, scope, "turn_count", optional=("party", "min", "max"))
    return TurnCount(
        given.party("party", scope.who),
        given.integer("min", 0, most=MAX_TURNS),
        given.optional_integer("max", most=MAX_TURNS),
    )


def read_held_for(node: yaml.Node, scope: Scope) -> Operator:
    """``held_for``"""
    given = Given(node, scope, "held_for", required=("what", "min_ms"))
    what = given.needed("what", scope)
    if "tick" not in what.moments:
        raise given.refuse("what must be able to last, as a state does; words are over at once")
    return HeldFor(what, given.integer("min_ms", 0, least=1))


def _words(given: Given, key: str, scope: Scope) -> Operator | None:
    """A condition on words, if given."""
    condition = given.condition(key, scope)
    if condition is not None and condition.moments != AT_TURNS:
        raise given.refuse(f"{key} must look at words")
    return condition
