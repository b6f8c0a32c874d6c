"""The rule language: from YAML to operators, one small reading function per operator."""

from assist.playbook.conditions import heard, judging, logic, named, order, scoping, signals, timing, words
from assist.playbook.conditions.heard import check_subjects
from assist.playbook.conditions.judging import check_judges, read_questions
from assist.playbook.conditions.named import read_conditions, unused_in
from assist.playbook.conditions.reading import (
    ReadOperator,
    Scope,
    read_condition,
    read_operators,
    read_party,
    read_state_value,
)
from assist.playbook.conditions.scoping import check_rules, read_scope
from assist.playbook.conditions.signals import read_meanings
from assist.playbook.conditions.words import LISTENING_KEYS, read_listening, read_phrases

OPERATORS: dict[str, ReadOperator] = {
    "phrase": words.read_phrase,
    "pattern": words.read_pattern,
    "repeats": words.read_repeats,
    "length": words.read_length,
    "means": signals.read_means,
    "intent": signals.read_intent,
    "act": signals.read_act,
    "emotion": signals.read_emotion,
    "emotion_trend": signals.read_emotion_trend,
    "entity": signals.read_entity,
    "silence": timing.read_silence,
    "hold": timing.read_hold,
    "reply_gap": timing.read_reply_gap,
    "first_words": timing.read_first_words,
    "hang_up": timing.read_hang_up,
    "overtalk": timing.read_overtalk,
    "speech_rate": timing.read_speech_rate,
    "loudness": timing.read_loudness,
    "talk_share": timing.read_talk_share,
    "call_length": timing.read_call_length,
    "turn_count": timing.read_turn_count,
    "held_for": timing.read_held_for,
    "fact": logic.read_fact,
    "tag": logic.read_tag,
    "state": logic.read_state,
    "expression": scoping.read_expression,
    "clock": scoping.read_clock,
    "fired": scoping.read_fired,
    "reaction": heard.read_reaction,
    "cue_said": heard.read_cue_said,
    "result": heard.read_result,
    "judge": judging.read_judge,
    "absent": order.read_absent,
    "followed_by": order.read_followed_by,
    "preceded_by": order.read_preceded_by,
    "not_after": order.read_not_after,
    "sequence": order.read_sequence,
    "count": order.read_count,
    "condition": named.read_named,
    "all": logic.read_all,
    "any": logic.read_any,
    "not": logic.read_not,
    "at_least": logic.read_at_least,
}
"""Names as written in playbooks."""

ON_FACTS = {name: OPERATORS[name] for name in ("fact", "condition", "all", "any", "not", "at_least")}
"""What conditions that see no words are made of."""

__all__ = [
    "LISTENING_KEYS",
    "ON_FACTS",
    "OPERATORS",
    "Scope",
    "check_judges",
    "check_rules",
    "check_subjects",
    "read_condition",
    "read_conditions",
    "read_listening",
    "read_meanings",
    "read_operators",
    "read_party",
    "read_phrases",
    "read_questions",
    "read_scope",
    "read_state_value",
    "unused_in",
]
