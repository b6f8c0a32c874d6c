"""By which words a promise is known: what will be done, that it is still to come, and what only looks like one."""

from __future__ import annotations

import re

from assist.messages import PromiseKind


def _any(*words: str) -> re.Pattern[str]:
    return re.compile("|".join(words))


KINDS: tuple[tuple[PromiseKind, re.Pattern[str]], ...] = (
    (
        "call-back",
        _any(
            r"回[个您你]?[您你]?(?:电|拨|访|话(?!费)|复|音|信)|答复|电话联系",
            r"(?:给|跟|和|与|同|向)[您你][^，。]{0,6}(?:打|联系|电话|回话|准信|说法|结果|交代)",
            r"(?:联系|联络|致电|通知|告知|打给|打到|打过去|拨给)[您你]?",
            r"[您你]等(?:我|我们)?的?(?:电话|消息|信)",
        ),
    ),
    ("follow-up", _any("跟进|跟着|跟到底|盯着")),
    (
        "visit",
        _any(
            "上门|师傅|工程师|装维|维修工?员|派(?:人|单|个人)",
            r"(?:过去|过来|到您|去您)[^，。]{0,6}(?:修|看|装|检查|测)",
        ),
    ),
    (
        "refund",
        _any(
            "退(?:还|费|款|回|到|给|您|掉的|的钱)|退钱|返还|返到|到账|原路",
            "抵扣|冲掉|冲减|减免|补偿|赔付|赔给",
        ),
    ),
    (
        "message",
        _any(
            "短信|发(?:到|给|一条|个|您|一份)|邮件|推送",
            "寄(?:到|出|给)?|快递|送(?:到|货|达)|配送|到货|发货",
        ),
    ),
    (
        "change",
        _any(
            "生效|开通|取消|退订|恢复|复机|改成|改好|关掉|关闭|解除|解绑|解冻|停掉|停用",
            "办好|办完|办妥|转好|开好|装好|装上",
        ),
    ),
    (
        "follow-up",
        _any(
            "反馈|上报|报上去|反映|核实|核查|查清|查明|盯|催(?:一下|办|促)?",
            "工单|登记|备注|审批|审核|提交|转给|转交|升级|解决|修好|抢修|处理|有结果|出结果",
        ),
    ),
)
"""In the order in which they count where several are named."""

LATER: frozenset[PromiseKind] = frozenset(["call-back", "visit", "refund"])
"""What cannot be done before the call is over …"""

LASTS = _any("一直|跟进|跟着|跟到底|盯着|为止")
"""… and what goes on after it."""

ASKS_CONSENT = re.compile("[，,](?:可以吗|好吗|行吗|成吗|好不好|好吧|可以吧)[？?。]?$")
"""At the end of what is as good as promised."""

DEPENDS = _any(
    "[？?吗么呢][？?。！!]*$",
    "如果|要是|假如|万一|方便|您看|不会再",
    "[您你](?:可以|需要|先|自己|得|要|带|再打)|麻烦[您你]|请[您你]",
)
"""Asks, supposes, proposes, tells the customer what to do or what has come to an end."""

TO_COME = _any(
    "会|将|给[您你]|帮[您你]|为[您你]|我们|我来|我去|师傅|安排",
    "一定|保证|尽快|内|前|预计|大概|最[晚迟慢]|到账|生效",
)
"""Says who will do it, or that it is still to come."""

ON_THE_SPOT = _any(
    "马上|现在|这就|立刻|立即|当场|稍等|正在|在给",
    "已经|已为|已帮|先给|先帮|好了",
)

ASKS_WHEN = _any("几时|啥时|什么时候|多久|多长时间|几点|哪天|哪一天|几天|几号|何时|多会儿")
