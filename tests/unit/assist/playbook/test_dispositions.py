"""A playbook's own dispositions: what is read, refused, and filed under them."""

from __future__ import annotations

import pytest

from assist.errors import PlaybookError
from assist.messages import Because, CloseCause, Event, FilingCode, IntentSignal, PromptUpdated, WrapUp
from assist.playbook import Playbook
from assist.view import fold_all
from assist.wrapup import wrap_up
from assist.wrapup.codes import is_known, wording_of
from nlp.signals import said as label_of
from tests.support.dialogue import playbook_of, utterance_of
from tests.support.envelopes import flag, log, opened, prompt

RULES = """
- id: greeting
  party: agent
  phrase: 您好
  because: 有
  emit: {flag: {title: 开场问候}}
- {id: quiet, phrase: 没事, set: {calm: true}}
"""
LIST = """
dispositions:
  - {code: lost, half: reason, title: 手机丢失, english: Lost phone, party: customer, phrases: [$lost, 卡没了]}
  - {code: rude, half: reason, title: 没有问候, fired: greeting}
  - {code: recharge, half: reason, title: 充值, intents: [recharge]}
  - {code: ticket, half: result, title: 已派单, party: agent, phrases: 派单20元}
  - {code: billing, half: reason, title: 账单}
phrase_sets: {lost: [手机丢了]}
"""


@pytest.fixture
def playbook() -> Playbook:
    return playbook_of(RULES, more=LIST)


def filed(playbook: Playbook, *said: str, more: tuple[Event, ...] = (), cause: CloseCause = "hangup") -> WrapUp:
    """Said by the customer, or by the agent where an @ stands before it."""
    lines = [
        utterance_of(number, "agent" if text.startswith("@") else "customer", text.strip("@"), 0, 1_000, 0.9)
        for number, text in enumerate(said)
    ]
    found = wrap_up(fold_all("c", log("c", opened(), *lines, *more)), 60_000, cause, filings=playbook.dispositions)
    assert found is not None
    return found


def test_words_of_a_party_file_a_call(playbook: Playbook) -> None:
    assert filed(playbook, "我手机，丢了啊").disposition.reason == "lost"
    assert filed(playbook, "@您手机丢了吗").disposition.reason == "other"
    assert filed(playbook, "@给您派单二十元").disposition.result == "ticket"


def test_what_rules_gave_files_a_call_and_a_fulfilled_duty_does_not(playbook: Playbook) -> None:
    assert filed(playbook, "喂", more=(flag("g", "breach"),)).disposition.reason == "rude"
    assert filed(playbook, "喂", more=(flag("g", "met"),)).disposition.reason == "other"


def test_a_prompt_files_a_call_and_one_that_its_sentence_took_back_does_not() -> None:
    warning = "- {id: scam, phrase: 骗, because: 有, emit: {prompt: {kind: say, title: 防骗, body: 当心}}}\n"
    scams = playbook_of(warning, more="dispositions:\n  - {code: scam, half: reason, title: 诈骗, fired: scam}\n")
    because = Because(rule="scam@1", reason="有", evidence=())
    shown = prompt("scam-1").model_copy(update={"because": because, "from_partial": True})
    gone = (shown, PromptUpdated(prompt_id="scam-1", at_ms=9_500, state="withdrawn"))
    confirmed = (shown, shown.model_copy(update={"from_partial": False}))
    assert filed(scams, "喂", more=confirmed).disposition.reason == "scam"
    assert filed(scams, "喂", more=gone).disposition.reason == "other"


def test_the_main_reason_files_a_call(playbook: Playbook) -> None:
    said = utterance_of(0, "customer", "我充了五十块", 0, 1_000, 0.9)
    intent = IntentSignal(**label_of(said, "recharge", 0.9, "test@1"))
    assert filed(playbook, said.text, more=(intent,)).disposition.reason == "recharge"


def test_the_first_that_fits_holds_and_a_broken_call_is_one(playbook: Playbook) -> None:
    assert filed(playbook, "手机丢了", more=(flag("g", "breach"),)).disposition.reason == "lost"
    assert filed(playbook, "@给您派单二十元", cause="source-lost").disposition.result == "broken-off"


def test_the_proposal_holds_the_codes_with_their_names(playbook: Playbook) -> None:
    found = filed(playbook, "手机丢了")
    assert found.codes[0] == FilingCode(half="reason", code="lost", zh="手机丢失", en="Lost phone")
    assert found.codes[1].en == "没有问候"
    assert is_known(found.disposition, found.codes)
    assert not is_known(found.disposition)
    assert wording_of(found.disposition, found.codes).zh.startswith("手机丢失 · ")
    renamed = found.disposition.model_copy(update={"reason": "billing"})
    assert (wording_of(renamed, found.codes).zh, wording_of(renamed).zh) == ("账单 · 未解决", "费用账单 · 未解决")


def test_a_playbook_without_a_list_files_by_the_default(playbook: Playbook) -> None:
    assert filed(playbook_of(RULES), "手机丢了").codes == ()


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("{code: a, half: cause, title: 甲}", "half"),
        ("{code: a, half: result, title: 甲, intents: recharge}", "only a reason"),
        ("{code: a, half: reason, title: 甲, party: agent}", "there are none"),
        ("{code: a, half: reason, title: 甲, fired: gone}", "no rule 'gone'"),
        ("{code: a, half: reason, title: 甲, fired: quiet}", "no rule 'quiet'"),
        ("{code: a, half: reason, title: 甲, phrases: $gone}", "no phrase set"),
        ("{code: a, half: reason, title: 甲}\n  - {code: a, half: reason, title: 乙}", "twice"),
    ],
)
def test_what_cannot_be_is_refused_with_its_line(entry: str, message: str) -> None:
    with pytest.raises(PlaybookError, match=message) as refused:
        playbook_of(RULES, more=f"dispositions:\n  - {entry}\n")
    assert refused.value.line
