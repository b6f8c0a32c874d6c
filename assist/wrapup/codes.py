"""Where calls are filed: a small tree of codes, a reason and a result."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from assist.messages import CodeHalf, Disposition, FilingCode
from assist.wrapup.words import Wording


@dataclass(frozen=True, slots=True)
class Code:
    """A code of the tree and what it is called."""

    code: str
    zh: str
    en: str
    intents: tuple[str, ...] = ()
    """Of a reason: the intents that are filed under it."""


REASON_CODES = (
    Code("billing", "费用账单", "Billing", ("query_bill", "query_usage", "recharge")),
    Code("plan", "套餐合约", "Plan and contract", ("query_plan", "query_contract", "change_plan", "add_pack")),
    Code("cancel", "退订业务", "Cancelling a service", ("cancel_vas",)),
    Code("account", "号卡账户", "Card and account", ("sim_account",)),
    Code("fault", "网络故障", "Fault", ("fault_mobile", "fault_broadband")),
    Code(
        "purchase",
        "新业务意向",
        "New business",
        ("want_handset", "want_5g", "want_broadband", "want_roaming", "want_family"),
    ),
    Code("leaving", "离网转网", "Leaving", ("close_account", "threaten_leave", "port_out")),
    Code(
        "complaint-charge",
        "费用投诉",
        "Complaint: charges",
        ("complain_billing", "complain_unsolicited", "complain_misled"),
    ),
    Code(
        "complaint-service",
        "服务投诉",
        "Complaint: service",
        ("complain_attitude", "complain_unresolved", "complain_spam", "escalate", "repeat_call", "recall_promise"),
    ),
    Code("progress", "进度查询", "Progress of a case", ("query_progress",)),
    Code("other", "其他", "Other"),
)
RESULT_CODES = (
    Code("resolved", "当场解决", "Resolved"),
    Code("promised", "承诺跟进", "Follow-up promised"),
    Code("sold", "办理成功", "Sold"),
    Code("declined", "推荐未成", "Offer declined"),
    Code("transferred", "转接升级", "Transferred"),
    Code("unresolved", "未解决", "Not resolved"),
    Code("broken-off", "通话中断", "Broken off"),
)
REASON_OF_INTENT = {intent: code.code for code in REASON_CODES for intent in code.intents}
"""The reason under which an intent is filed."""


def is_known(disposition: Disposition, own: Sequence[FilingCode] = ()) -> bool:
    """Whether both codes are of the tree, or among a playbook's ``own``."""
    reasons, results = codes(REASON_CODES), codes(RESULT_CODES)
    is_reason = disposition.reason in {*reasons, *(one.code for one in own if one.half == "reason")}
    return is_reason and disposition.result in {*results, *(one.code for one in own if one.half == "result")}


def codes(of: Sequence[Code]) -> Collection[str]:
    """Their codes."""
    return {one.code for one in of}


def wording_of(disposition: Disposition, own: Sequence[FilingCode] = ()) -> Wording:
    """What its codes are called, by a playbook's ``own`` names first; a code that nobody knows stands for itself."""
    reason = _named("reason", disposition.reason, own)
    result = _named("result", disposition.result, own)
    return Wording(f"{reason.zh} · {result.zh}", f"{reason.en} · {result.en}")


def _named(half: CodeHalf, code: str, own: Sequence[FilingCode]) -> Wording:
    of_playbook = (one for one in own if one.half == half)
    tree = REASON_CODES if half == "reason" else RESULT_CODES
    known = next((one for one in (*of_playbook, *tree) if one.code == code), None)
    return Wording(known.zh, known.en) if known else Wording(code, code)
