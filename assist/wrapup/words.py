"""The words of a summary: labels of the models in Chinese and English, as people read them."""

from __future__ import annotations

from dataclasses import dataclass

from assist.messages import OfferReaction, PromiseKind, SaleOutcome


@dataclass(frozen=True, slots=True)
class Wording:
    """The same in both languages."""

    zh: str
    en: str


REASONS = {
    "query_bill": Wording("查询话费账单", "asked about a bill"),
    "query_usage": Wording("查询用量", "asked about usage"),
    "query_plan": Wording("咨询套餐资费", "asked about plans and prices"),
    "query_contract": Wording("咨询合约", "asked about a contract"),
    "query_progress": Wording("查询办理进度", "asked how a case stands"),
    "change_plan": Wording("变更套餐", "wanted to change the plan"),
    "add_pack": Wording("订购附加产品", "wanted to add a product"),
    "cancel_vas": Wording("退订业务", "wanted to cancel a service"),
    "recharge": Wording("充值缴费", "had a question about payment"),
    "sim_account": Wording("办理号卡与账户业务", "had business with card or account"),
    "close_account": Wording("销户或拆机", "wanted to close the account"),
    "want_handset": Wording("购机或换机", "was interested in a handset"),
    "want_5g": Wording("了解 5G", "was interested in 5G"),
    "want_broadband": Wording("了解宽带", "was interested in broadband"),
    "want_roaming": Wording("办理漫游", "needed roaming"),
    "want_family": Wording("了解家庭融合业务", "was interested in a family plan"),
    "fault_mobile": Wording("报移动网络故障", "reported a mobile fault"),
    "fault_broadband": Wording("报宽带故障", "reported a broadband fault"),
    "complain_billing": Wording("投诉费用", "complained about a charge"),
    "complain_unsolicited": Wording("投诉擅自开通", "complained about a service never ordered"),
    "complain_misled": Wording("投诉误导营销", "complained about being misled"),
    "complain_attitude": Wording("投诉服务态度", "complained about the attitude"),
    "complain_unresolved": Wording("投诉处理不力", "complained that nothing was done"),
    "complain_spam": Wording("投诉骚扰或隐私", "complained about spam or privacy"),
    "threaten_leave": Wording("表示要离网", "threatened to leave"),
    "port_out": Wording("办理携号转网", "wanted to take the number elsewhere"),
    "escalate": Wording("要求升级处理", "asked for somebody higher"),
    "repeat_call": Wording("重复来电", "called again about the same"),
    "recall_promise": Wording("追问承诺", "asked after a promise"),
}
"""Intents that are reasons to call, as the customer's doing."""

NO_REASONS = frozenset(
    [
        "hesitate",
        "refuse",
        "price_objection",
        "compare_rival",
        "agree",
        "confused",
        "busy",
        "give_info",
        "acknowledge",
        "thank",
        "greet",
        "bye",
        "other",
    ]
)
"""Intents that answer, react or keep the talk going."""

FEELINGS = {
    "neutral": Wording("平静", "calm"),
    "happy": Wording("满意", "pleased"),
    "angry": Wording("愤怒", "angry"),
    "anxious": Wording("焦急", "anxious"),
    "disappointed": Wording("失望", "disappointed"),
    "confused": Wording("困惑", "confused"),
    "hesitant": Wording("迟疑", "hesitant"),
}

PROMISES: dict[PromiseKind, Wording] = {
    "call-back": Wording("回电或答复", "a call back"),
    "visit": Wording("上门", "a visit"),
    "refund": Wording("退款或补偿", "a refund"),
    "message": Wording("发送或寄送", "something to be sent"),
    "change": Wording("业务办理", "a change of service"),
    "follow-up": Wording("跟进处理", "to follow it up"),
    "other": Wording("后续处理", "something to be done"),
}

REACTIONS: dict[OfferReaction, Wording] = {
    "accepted": Wording("客户接受", "accepted"),
    "hesitant": Wording("客户犹豫", "hesitated"),
    "refused": Wording("客户拒绝", "refused"),
    "ignored": Wording("客户未回应", "no reaction"),
}
UNHEARD = Wording("没有听清客户的态度", "the answer was not understood")
"""Of a reaction in words that were badly heard."""
RESULTS: dict[SaleOutcome, Wording] = {
    "sold": Wording("，已办理", ", sold"),
    "not-sold": Wording("，未办理", ", not sold"),
}
"""After the reaction, where somebody reported it."""
