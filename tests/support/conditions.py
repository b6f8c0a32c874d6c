"""Conditions of every kind, for property tests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

PHRASES = ("您好", "不需要", "推荐", "流量", "投诉", "谢谢", "元", "稍等")
LABELS = ("one", "two")
SHORT_MS = st.sampled_from((1_000, 3_000, 8_000, 20_000))
SPREAD = st.integers(1, 3)
Condition = dict[str, Any]


def some(values: Sequence[str]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=3, unique=True)


PARTY = st.fixed_dictionaries({}, optional={"party": st.sampled_from(("agent", "customer", "any"))})
TEXTS: st.SearchStrategy[Condition] = st.one_of(
    st.fixed_dictionaries({"phrase": st.fixed_dictionaries({"any": some(PHRASES)}, optional={"none": some(PHRASES)})}),
    st.fixed_dictionaries({"phrase": st.fixed_dictionaries({"all": some(PHRASES)})}),
    st.fixed_dictionaries({"phrase": st.fixed_dictionaries({"none": some(PHRASES)})}),
    st.fixed_dictionaries({"phrase": st.just({"at_least": {"n": 2, "of": list(PHRASES)}})}),
    st.fixed_dictionaries({"phrase": st.fixed_dictionaries({"all": some(PHRASES), "within_utterances": SPREAD})}),
    st.fixed_dictionaries({"phrase": st.fixed_dictionaries({"none": some(PHRASES), "within_utterances": SPREAD})}),
    st.fixed_dictionaries(
        {
            "phrase": st.fixed_dictionaries(
                {"any": some(PHRASES), "min_hits": st.integers(1, 3), "within_utterances": SPREAD},
                optional={"none": some(PHRASES)},
            )
        }
    ),
    st.fixed_dictionaries({"pattern": st.sampled_from(("推荐|流量", "[一二三四五]+十", "^嗯$"))}),
    st.fixed_dictionaries(
        {
            "pattern": st.fixed_dictionaries(
                {"match": st.sampled_from(("讲.*推荐", "流量包|投诉")), "within_utterances": SPREAD},
                optional={"unless": st.just("谢谢")},
            )
        }
    ),
    st.fixed_dictionaries(
        {"length": st.fixed_dictionaries({"min_chars": st.integers(1, 6)}, optional={"min_ms": SHORT_MS})}
    ),
    st.fixed_dictionaries({"repeats": st.fixed_dictionaries({"min_chars": st.just(2)})}),
    st.fixed_dictionaries({"intent": some(LABELS)}),
    st.fixed_dictionaries({"act": some(LABELS)}),
    st.fixed_dictionaries({"means": some(LABELS)}),
    st.fixed_dictionaries(
        {"expression": st.sampled_from(("said.chars > 4", "'one' in said.intents || fired.mood > 1"))}
    ),
    st.fixed_dictionaries({"entity": some(LABELS)}),
    st.fixed_dictionaries(
        {
            "entity": st.sampled_from(
                (
                    {"any_of": ["one"], "same_as_fact": "customer.plan"},
                    {"any_of": ["two"], "other_than_fact": "customer.fee", "tolerance": 1},
                )
            )
        }
    ),
    st.fixed_dictionaries(
        {
            "emotion": st.fixed_dictionaries(
                {"any_of": some(LABELS), "for_utterances": st.integers(1, 3)}, optional={"for_ms": SHORT_MS}
            )
        }
    ),
    st.fixed_dictionaries({"emotion_trend": st.sampled_from(("rising", "steady"))}),
    st.fixed_dictionaries(
        {
            "emotion_trend": st.fixed_dictionaries(
                {"is": st.sampled_from(("rising", "steady", "falling")), "over_utterances": st.integers(2, 3)}
            )
        }
    ),
    st.fixed_dictionaries({"reply_gap": st.fixed_dictionaries({"max_ms": SHORT_MS})}),
    st.fixed_dictionaries(
        {
            "speech_rate": st.fixed_dictionaries(
                {"above": st.just(200), "min_chars": st.just(2), "for_utterances": st.integers(1, 2)}
            )
        }
    ),
    st.fixed_dictionaries(
        {
            "speech_rate": st.sampled_from(
                (
                    {"above": 200, "min_chars": 2, "over": "window", "window_ms": 10_000},
                    {"change_ratio": 1.1, "min_chars": 1},
                )
            )
        }
    ),
    st.fixed_dictionaries(
        {
            "loudness": st.sampled_from(
                (
                    {"above_own_db": 6, "min_chars": 1},
                    {"above_own_db": 6, "min_chars": 1, "for_ms": 3_000},
                    {"step_db": 6, "min_chars": 1},
                    {"span_db": 6, "min_chars": 1},
                )
            )
        }
    ),
)
SILENCE = st.fixed_dictionaries(
    {"min_ms": SHORT_MS, "count": st.integers(1, 2)},
    optional={
        "unless_before": TEXTS,
        "unless_after": TEXTS,
        "before_party": st.sampled_from(("agent", "customer", "any")),
    },
)
HOLD = st.one_of(
    st.fixed_dictionaries({"min_ms": SHORT_MS, "count": st.integers(1, 2), "begins": TEXTS}),
    st.fixed_dictionaries({"max_ms": SHORT_MS, "begins": TEXTS}, optional={"count": st.just(2)}),
    st.fixed_dictionaries({"begins": TEXTS, "min_percent": st.sampled_from((5, 40)), "max_percent": st.just(90)}),
)
TIMES: st.SearchStrategy[Condition] = st.one_of(
    st.fixed_dictionaries({"silence": SILENCE}),
    st.fixed_dictionaries({"hold": HOLD}),
    st.fixed_dictionaries(
        {
            "overtalk": st.fixed_dictionaries(
                {"min_ms": st.sampled_from((100, 1_500)), "other_started_ms": st.just(0), "min_chars": st.just(1)},
                optional={"merge_gap_ms": st.sampled_from((0, 2_000)), "count": st.just(2)},
            )
        }
    ),
    st.fixed_dictionaries({"first_words": st.fixed_dictionaries({"max_ms": SHORT_MS})}),
    st.fixed_dictionaries({"hang_up": st.fixed_dictionaries({"min_ms": st.sampled_from((0, 3_000))})}),
    st.fixed_dictionaries({"talk_share": st.just({"party": "agent", "min_percent": 40, "after_ms": 5_000})}),
    st.fixed_dictionaries({"talk_share": st.just({"party": "any", "max_percent": 40, "after_ms": 5_000})}),
    st.fixed_dictionaries({"speech_rate": st.just({"below": 900, "over": "call", "min_chars": 1})}),
    st.fixed_dictionaries({"call_length": st.fixed_dictionaries({"min_ms": SHORT_MS})}),
    st.fixed_dictionaries({"turn_count": st.fixed_dictionaries({"min": st.integers(1, 4)})}),
    st.fixed_dictionaries({"fact": st.just({"path": "customer.plan", "is": "A"})}),
    st.fixed_dictionaries({"fact": st.just({"path": "customer.since", "older_than_months": 24})}),
    st.fixed_dictionaries({"tag": some(("on-a", "new"))}),
    st.fixed_dictionaries({"fired": st.sampled_from((["mood"], {"any_of": ["mood"], "min": 2}))}),
    st.fixed_dictionaries(
        {
            "clock": st.sampled_from(
                (
                    {"from": "22:00", "to": "06:00"},
                    {"weekdays": ["sun"]},
                    {"since": "2026-02-01", "until": "2026-03-01"},
                )
            )
        }
    ),
    st.fixed_dictionaries(
        {
            "expression": st.sampled_from(
                ("turns.agent >= 2 && state.mood == true", "customer.plan == 'A' || tag.new", "now.quiet_ms > 3000")
            )
        }
    ),
    st.fixed_dictionaries({"state": st.fixed_dictionaries({"mood": st.booleans()})}),
    st.fixed_dictionaries({"judge": st.fixed_dictionaries({"solved": st.sampled_from(("是", ["是", "否"]))})}),
    st.fixed_dictionaries(
        {"reaction": st.sampled_from(({"is": "refused"}, {"is": ["accepted", "hesitant"], "of": "any-offer"}))}
    ),
    st.fixed_dictionaries({"result": st.just({"is": "sold", "of": "any-offer"})}),
    st.fixed_dictionaries(
        {"cue_said": st.fixed_dictionaries({"of": st.just("pitch")}, optional={"is": st.just(False)})}
    ),
)


def joined(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    pairs = st.lists(inner, min_size=2, max_size=3)
    return st.one_of(
        st.fixed_dictionaries({"all": pairs}),
        st.fixed_dictionaries({"any": pairs}),
        st.fixed_dictionaries({"at_least": st.fixed_dictionaries({"n": st.integers(1, 2), "of": pairs})}),
        st.fixed_dictionaries({"not": inner}),
        st.fixed_dictionaries({"held_for": st.fixed_dictionaries({"what": inner, "min_ms": SHORT_MS})}),
        st.fixed_dictionaries(
            {
                "absent": st.one_of(
                    st.fixed_dictionaries({"what": inner, "by_turn": st.integers(1, 3)}),
                    st.fixed_dictionaries({"what": inner, "by_ms": SHORT_MS}),
                    st.fixed_dictionaries({"what": inner, "close": st.just(True)}),
                )
            }
        ),
        st.fixed_dictionaries(
            {
                "followed_by": st.fixed_dictionaries(
                    {"after": inner, "expect": inner},
                    optional={"within_turns": st.integers(1, 3), "within_ms": SHORT_MS},
                )
            }
        ),
        st.fixed_dictionaries(
            {
                "preceded_by": st.fixed_dictionaries(
                    {"before": inner, "require": inner}, optional={"within_turns": st.integers(1, 3)}
                )
            }
        ),
        st.fixed_dictionaries(
            {
                "not_after": st.fixed_dictionaries(
                    {"after": inner, "forbid": inner},
                    optional={"until": st.one_of(inner, SHORT_MS), "times": st.integers(1, 2)},
                )
            }
        ),
        st.fixed_dictionaries(
            {
                "sequence": st.fixed_dictionaries(
                    {"steps": pairs},
                    optional={"within_ms": SHORT_MS, "within_turns": st.integers(1, 3), "strict": st.booleans()},
                )
            }
        ),
        st.fixed_dictionaries(
            {
                "count": st.fixed_dictionaries(
                    {"what": inner, "min": st.integers(1, 2)}, optional={"within_ms": SHORT_MS, "max": st.just(2)}
                )
            }
        ),
    )


SAID = st.fixed_dictionaries({"phrase": some(PHRASES)})
ALONE = st.tuples(st.one_of(SAID, TEXTS, TIMES), PARTY).map(lambda two: {**two[0], **two[1]})
PARTS = st.one_of(SAID, SAID, ALONE)
CONDITIONS = st.one_of(ALONE, joined(PARTS), joined(st.one_of(PARTS, joined(PARTS))))
SCOPES = st.one_of(
    st.fixed_dictionaries({"first_turns": st.integers(1, 6)}, optional={"after": PARTS}),
    st.fixed_dictionaries({"first_ms": SHORT_MS}),
    st.fixed_dictionaries({"last_turns": st.integers(1, 3)}, optional={"before": PARTS}),
    st.fixed_dictionaries({"after_rule": st.just("mood")}),
    st.fixed_dictionaries({"before_rule": st.just("mood")}),
    st.fixed_dictionaries({"after": PARTS}, optional={"before": PARTS}),
    st.fixed_dictionaries(
        {"after": PARTS}, optional={"within_turns": st.integers(0, 2), "within_ms": SHORT_MS, "before": PARTS}
    ),
    st.fixed_dictionaries({"last_ms": SHORT_MS}),
    st.fixed_dictionaries({"percent": st.sampled_from(({"to": 30}, {"from": 20, "to": 70}, {"from": 60}))}),
    st.fixed_dictionaries(
        {"turns": st.sampled_from(({"from": 2}, {"from": 2, "to": 4}, {"from": -3, "to": -2}, {"from": 2, "to": -2}))}
    ),
    st.fixed_dictionaries(
        {
            "while": st.sampled_from(
                (
                    {"state": {"mood": True}},
                    {"not": {"phrase": "投诉"}},
                    {"held_for": {"what": {"state": {"mood": True}}, "min_ms": 3_000}},
                    {"fact": {"path": "customer.plan", "is": "A"}},
                )
            )
        }
    ),
)
