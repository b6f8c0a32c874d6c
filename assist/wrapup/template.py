"""The default summary: sentences by template around the words of the call; pure, so that live and recorded agree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, tzinfo

from assist.messages import (
    CallReason,
    CloseCause,
    EmotionSummary,
    FeltMoment,
    OfferMade,
    Promise,
    WrapUp,
    WrapUpSentence,
)
from assist.messages.wrapup import MAX_SENTENCES
from assist.playbook.dispositions import Filing
from assist.view import CallView
from assist.wrapup.disposition import CallFacts, disposition_of
from assist.wrapup.done import Deed, Done, deeds_of
from assist.wrapup.feelings import course_of
from assist.wrapup.lines import finals
from assist.wrapup.loose_ends import LooseEnd, loose_ends
from assist.wrapup.offers import offers_of
from assist.wrapup.promises import Circumstances, promises_of
from assist.wrapup.reasons import reasons_of
from assist.wrapup.words import FEELINGS, PROMISES, REACTIONS, REASONS, RESULTS, UNHEARD, Wording

SOURCE = "template@1"

_DEEDS: dict[Deed, Wording] = {
    "result": Wording("坐席已处理", "Done"),
    "figures": Wording("坐席告知", "Told"),
    "instruction": Wording("坐席指导", "Explained"),
    "transfer": Wording("坐席转接", "Transferred"),
}
_STRENGTHS = {1: Wording("略", "slightly "), 2: Wording("", ""), 3: Wording("非常", "very ")}


def wrap_up(
    view: CallView, at_ms: int, cause: CloseCause, zone: tzinfo = UTC, filings: Sequence[Filing] = ()
) -> WrapUp | None:
    """What is left of a call as it stands at its end; None where nothing was said.

    ``zone`` is the hotline's, for what was promised by the clock. ``filings``: dispositions of the call's playbook.
    """
    lines = finals(view)
    if not lines:
        return None
    opened_at = view.opened_at or datetime.fromtimestamp(0, UTC)
    call = Circumstances(opened_at, zone, view.agent, view.customer)
    reasons, promises = reasons_of(lines), promises_of(lines, call)
    offers, feelings = offers_of(lines, view.prompts), course_of(view.feelings)
    deeds = deeds_of(lines, {promise.quote for promise in promises})
    ends = loose_ends(lines, promises, offers, feelings)
    sentences = (
        *_reason_sentences(reasons),
        *(_deed_sentence(done) for done in deeds),
        *(_promise_sentence(promise, zone) for promise in promises),
        *(_offer_sentence(offer) for offer in offers),
        *_emotion_sentences(feelings),
        *(_open_sentence(end) for end in ends),
    )
    return WrapUp(
        at_ms=at_ms,
        sentences=sentences[:MAX_SENTENCES],
        reasons=reasons,
        promises=promises,
        offers=offers,
        feelings=feelings,
        disposition=disposition_of(CallFacts(view, lines, reasons, deeds, promises, offers, feelings, cause), filings),
        codes=tuple(filing.code for filing in filings),
        source=SOURCE,
    )


def _reason_sentences(reasons: Sequence[CallReason]) -> Iterator[WrapUpSentence]:
    for place, reason in enumerate(reasons):
        words = REASONS[reason.intent]
        zh, en = ("客户来电", "The customer") if place == 0 else ("另外", "They also")
        yield WrapUpSentence(
            part="reason",
            zh=f"{zh}{words.zh}：“{reason.quote}”",
            en=f"{en} {words.en}: “{reason.quote}”",
            utterance_ids=(reason.utterance_id,),
        )


def _deed_sentence(done: Done) -> WrapUpSentence:
    words = _DEEDS[done.deed]
    zh, en = f"{words.zh}：“{done.quote}”", f"{words.en}: “{done.quote}”"
    return WrapUpSentence(part="done", zh=zh, en=en, utterance_ids=(done.utterance_id,))


def _promise_sentence(promise: Promise, zone: tzinfo) -> WrapUpSentence:
    words = PROMISES[promise.kind]
    due = f"{promise.due_at.astimezone(zone):%Y-%m-%d %H:%M}" if promise.due_at else ""
    zh_due, en_due = (f"，{due} 前", f" by {due}") if due else ("，未说明时限", ", no time said")
    return WrapUpSentence(
        part="promise",
        zh=f"坐席承诺{words.zh}{zh_due}：“{promise.quote}”",
        en=f"Promised {words.en}{en_due}: “{promise.quote}”",
        utterance_ids=(promise.utterance_id,),
    )


def _offer_sentence(offer: OfferMade) -> WrapUpSentence:
    if offer.is_said:
        words = REACTIONS[offer.reaction] if offer.reaction else UNHEARD
        ended = RESULTS[offer.result] if offer.result else Wording("", "")
        zh, en = f"推荐“{offer.title}”，{words.zh}{ended.zh}。", f"Offered “{offer.title}”: {words.en}{ended.en}."
    else:
        zh = f"系统提示推荐“{offer.title}”，坐席未推荐。"
        en = f"“{offer.title}” was suggested to the agent and not offered."
    return WrapUpSentence(part="offer", zh=zh, en=en, utterance_ids=offer.utterance_ids)


def _emotion_sentences(course: EmotionSummary | None) -> Iterator[WrapUpSentence]:
    if course is None:
        return
    moments = (course.start, course.worst, course.end)
    if len({moment.label for moment in moments}) == 1:
        words = _felt(course.worst)
        zh, en = f"客户情绪：开始和结束都{words.zh}。", f"The customer was {words.en} at first and at the end."
    else:
        start, worst, end = (_felt(moment) for moment in moments)
        clock = f"{course.worst.at_ms // 60_000:02}:{course.worst.at_ms // 1_000 % 60:02}"
        zh = f"客户情绪：开始{start.zh}，{clock} 最差（{worst.zh}），结束时{end.zh}。"
        en = f"The customer was {start.en} at first, {worst.en} at worst ({clock}) and {end.en} at the end."
    ids = tuple(dict.fromkeys(moment.utterance_id for moment in moments))
    yield WrapUpSentence(part="emotion", zh=zh, en=en, utterance_ids=ids)


def _felt(moment: FeltMoment) -> Wording:
    words = FEELINGS.get(moment.label, Wording(moment.label, moment.label))
    strength = _STRENGTHS.get(moment.intensity, Wording("", ""))
    return Wording(strength.zh + words.zh, strength.en + words.en)


def _open_sentence(end: LooseEnd) -> WrapUpSentence:
    return WrapUpSentence(part="open", zh=end.zh, en=end.en, utterance_ids=(end.utterance_id,))
