"""The label set: what Livecue's own models may say about an utterance. docs/labelling.md defines every code."""

from __future__ import annotations

from dataclasses import dataclass

VERSION = 1
"""Goes up when a code is added; a code is never given another meaning."""


@dataclass(frozen=True, slots=True)
class Label:
    """One code of a label set."""

    code: str
    name: str
    """Chinese, for people."""
    group: str = ""
    """Coarser label of reports; intents only."""


INTENTS = (
    Label("query_bill", "查话费账单", "query_account"),
    Label("query_usage", "查用量", "query_account"),
    Label("query_plan", "问套餐资费", "query_plan"),
    Label("query_contract", "问合约", "query_account"),
    Label("query_progress", "问进度", "query_account"),
    Label("change_plan", "变更套餐", "change_plan"),
    Label("add_pack", "订购附加产品", "change_plan"),
    Label("cancel_vas", "退订业务", "cancel_vas"),
    Label("recharge", "充值缴费", "recharge"),
    Label("sim_account", "号卡与账户", "sim_account"),
    Label("close_account", "销户拆机", "cancel_portout"),
    Label("want_handset", "购机换机", "handset"),
    Label("want_5g", "五G意向", "query_plan"),
    Label("want_broadband", "宽带意向", "broadband_new"),
    Label("want_roaming", "漫游意向", "roaming"),
    Label("want_family", "家庭融合意向", "query_plan"),
    Label("fault_mobile", "移动网络故障", "fault_mobile"),
    Label("fault_broadband", "宽带故障", "fault_broadband"),
    Label("complain_billing", "费用投诉", "complaint_billing"),
    Label("complain_unsolicited", "擅自开通投诉", "complaint_billing"),
    Label("complain_misled", "误导营销投诉", "complaint_billing"),
    Label("complain_attitude", "态度投诉", "complaint_service"),
    Label("complain_unresolved", "处理不力投诉", "complaint_service"),
    Label("complain_spam", "骚扰与隐私投诉", "spam_privacy"),
    Label("threaten_leave", "离网威胁", "cancel_portout"),
    Label("port_out", "携号转网", "cancel_portout"),
    Label("escalate", "要求升级", "complaint_service"),
    Label("hesitate", "犹豫", "hesitate"),
    Label("refuse", "拒绝", "refuse"),
    Label("price_objection", "嫌贵", "price_objection"),
    Label("compare_rival", "友商对比", "price_objection"),
    Label("agree", "同意", "agree_ack"),
    Label("confused", "不明白", "ask_clarify"),
    Label("repeat_call", "重复来电", "complaint_service"),
    Label("recall_promise", "追问承诺", "complaint_service"),
    Label("busy", "不便通话", "refuse"),
    Label("give_info", "提供信息", "provide_info"),
    Label("acknowledge", "应答", "agree_ack"),
    Label("thank", "感谢表扬", "praise_thanks"),
    Label("greet", "招呼", "greeting"),
    Label("bye", "结束", "closing"),
    Label("other", "其他", "other"),
)
EMOTIONS = (
    Label("neutral", "平静"),
    Label("happy", "满意"),
    Label("angry", "愤怒"),
    Label("anxious", "焦急"),
    Label("disappointed", "失望"),
    Label("confused", "困惑"),
    Label("hesitant", "迟疑"),
)
ACTS = (
    Label("greet", "问候"),
    Label("close", "结束"),
    Label("verify", "核身"),
    Label("ask", "询问"),
    Label("check", "核实复述"),
    Label("confirm", "确认"),
    Label("deny", "否认"),
    Label("answer", "回答"),
    Label("inform", "告知"),
    Label("disclose", "告知条款"),
    Label("request", "请求"),
    Label("instruct", "指导"),
    Label("offer", "推荐"),
    Label("accept", "接受"),
    Label("reject", "拒绝"),
    Label("object", "异议"),
    Label("complain", "抱怨"),
    Label("empathise", "共情"),
    Label("apologise", "致歉"),
    Label("thank", "感谢"),
    Label("commit", "承诺"),
    Label("hold", "请稍等"),
    Label("resume", "回线"),
    Label("transfer", "转接"),
    Label("ack", "应答"),
    Label("repair", "更正澄清"),
    Label("other", "其他"),
)
ENTITIES = (
    Label("phone_number", "电话号码"),
    Label("number_tail", "尾号"),
    Label("id_number", "证件号"),
    Label("id_tail", "证件尾号"),
    Label("bank_card", "银行卡号"),
    Label("passcode", "密码验证码"),
    Label("person", "姓名"),
    Label("address", "地址"),
    Label("region", "地区"),
    Label("amount", "金额"),
    Label("data_volume", "流量"),
    Label("minutes", "语音分钟"),
    Label("sms_count", "短信条数"),
    Label("bandwidth", "带宽"),
    Label("discount", "折扣"),
    Label("plan", "套餐"),
    Label("product", "业务"),
    Label("plan_direction", "变更方向"),
    Label("device", "终端"),
    Label("contract_term", "合约期"),
    Label("date", "日期"),
    Label("time", "时刻"),
    Label("period", "时段"),
    Label("deadline", "时限"),
    Label("duration", "时长"),
    Label("count", "次数"),
    Label("order_no", "单号"),
    Label("agent_id", "工号"),
    Label("rival", "友商"),
    Label("channel", "渠道"),
    Label("payment", "支付方式"),
    Label("indicator", "故障现象"),
    Label("regulator", "监管渠道"),
)


def codes(labels: tuple[Label, ...]) -> tuple[str, ...]:
    """Their codes, in order."""
    return tuple(label.code for label in labels)
