"""The one dictionary behind every report: what each figure is, in words, in both languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

Unit = Literal["calls", "share", "seconds", "chars-per-min", "per-call", "points", "words"]
"""How a value is told: a share is 0 to 1."""

UNHAPPY = ("angry", "disappointed", "anxious")
"""Emotions that a hotline does not want to leave a customer with."""

Asked = Mapping[str, Sequence[str]]
"""Fields of a question to the archive, each with its values."""


@dataclass(frozen=True, slots=True)
class Wording:
    """A definition in one language."""

    name: str
    formula: str
    left_out: str
    """Empty where nothing is."""


@dataclass(frozen=True, slots=True)
class Field:
    """One figure of reports."""

    field_id: str
    unit: Unit
    sources: tuple[str, ...]
    """Types of the events it is made of."""
    zh: Wording
    en: Wording
    asked: Asked | None = field(default_factory=dict[str, Sequence[str]])
    """What finds the calls that it counts, beside what finds those of its row; empty: all calls of the row; None: no
    search finds them.
    """
    is_better: Literal["low", "high"] | None = None
    """Which values one hopes for; None: neither."""


_ALL = (
    Field(
        "calls",
        "calls",
        ("call-opened", "call-closed"),
        Wording(
            "通话",
            "已结束的通话数，按接通时间计入",
            "还在进行的通话；软电话上的试用与练习；已按留存规则或客户要求删除的通话",
        ),
        Wording(
            "Calls",
            "Closed calls, by the time at which they were opened",
            "Calls that still run; practice on the softphone; calls removed by retention or at a customer's wish",
        ),
    ),
    Field(
        "breach_share",
        "share",
        ("flag",),
        Wording(
            "违规率",
            "有违规标记的通话 ÷ 能下结论的通话；括号内为 95% 区间（Wilson）",
            "有存疑标记而没有违规标记的通话",
        ),
        Wording(
            "Breaches",
            "Calls with a breach ÷ calls of which it can be told; 95 % interval (Wilson)",
            "Calls with an abstained flag and no breach",
        ),
        {"verdict": ("breach",)},
        "low",
    ),
    Field(
        "at_risk_share",
        "share",
        ("flag",),
        Wording(
            "预警率",
            "有预警标记的通话 ÷ 能下结论的通话；括号内为 95% 区间（Wilson）",
            "有存疑标记而没有预警标记的通话",
        ),
        Wording(
            "At risk",
            "Calls with a flag at risk ÷ calls of which it can be told; 95 % interval (Wilson)",
            "Calls with an abstained flag and none at risk",
        ),
        {"verdict": ("at_risk",)},
        "low",
    ),
    Field(
        "abstained",
        "calls",
        ("flag",),
        Wording("存疑", "有存疑标记的通话数：听得不够清楚，系统不下结论，等人判断；不计入违规率和预警率", ""),
        Wording(
            "Abstained",
            "Calls with an abstained flag: too badly heard for a verdict, a person has to judge; in no rate",
            "",
        ),
        {"verdict": ("abstained",)},
    ),
    Field(
        "flags_per_call",
        "per-call",
        ("flag",),
        Wording("每通标记", "违规和预警标记的条数 ÷ 通话数；括号内为 95% 区间（t 分布）", "达标和存疑的标记"),
        Wording(
            "Flags per call",
            "Flags with a breach or at risk ÷ calls; 95 % interval (t distribution)",
            "Flags that are met or abstained",
        ),
        {"verdict": ("breach", "at_risk")},
        "low",
    ),
    Field(
        "audited",
        "calls",
        ("review-scored",),
        Wording(
            "抽检",
            "按概率抽中（风险抽样和随机抽样）、由人评过分的通话数；后面各项由它们推算全部通话",
            "人工指定复核的通话；还没有告知结果的复核",
        ),
        Wording(
            "Audited",
            "Calls that were drawn with a known chance and scored by people; the figures after it infer all calls from"
            " them",
            "Calls that somebody chose to review; reviews whose result was not told yet",
        ),
        None,
    ),
    Field(
        "audited_score",
        "points",
        ("review-scored", "appeal-decided"),
        Wording(
            "推算平均分",
            "抽检评分按 1 ÷ 抽中概率加权的平均，是对全部通话的无偏估计；括号内为 95% 区间（比值估计，t 分布）",
            "人工指定复核的通话；没有完成的抽检",
        ),
        Wording(
            "Estimated score",
            "Mean score of audits, each weighted by 1 ÷ its chance to be drawn: an unbiased estimate for all calls;"
            " 95 % interval (of a ratio, t distribution)",
            "Calls that somebody chose to review; audits that were not finished",
        ),
        None,
        "high",
    ),
    Field(
        "confirmed_share",
        "share",
        ("flag", "review-scored", "appeal-decided"),
        Wording(
            "推算违规率",
            "抽检里经人确认有违规标记的通话，按 1 ÷ 抽中概率加权，÷ 全部抽检的权重；"
            "括号内为 95% 区间（Wilson，按有效样本量）",
            "没有任何规则标记出来的违规；人工指定复核的通话",
        ),
        Wording(
            "Estimated breaches",
            "Audited calls with a breach that people confirmed, weighted by 1 ÷ their chance to be drawn, ÷ the weight"
            " of all audits; 95 % interval (Wilson, of the effective sample size)",
            "Breaches that no rule has flagged; calls that somebody chose to review",
        ),
        None,
        "low",
    ),
    Field(
        "precision",
        "share",
        ("flag", "review-scored", "appeal-decided"),
        Wording(
            "标记准确率",
            "经人判断为正确的违规和预警标记 ÷ 人判断过的，按 1 ÷ 抽中概率加权；"
            "括号内为 95% 区间（Wilson，按有效样本量）",
            "人没有判断过的标记；人工指定复核的通话",
        ),
        Wording(
            "Precision of flags",
            "Flags with a breach or at risk that people found right ÷ those they judged, weighted by 1 ÷ the chance of"
            " the call to be drawn; 95 % interval (Wilson, of the effective sample size)",
            "Flags that nobody judged; calls that somebody chose to review",
        ),
        None,
        "high",
    ),
    Field(
        "handling_s",
        "seconds",
        ("call-opened", "call-closed"),
        Wording(
            "处理时长",
            "从接通到结束的平均时长，按通话音频计时；括号内为 95% 区间（t 分布）",
            "话后整理：电话挂断后的工作听不到",
        ),
        Wording(
            "Handling time",
            "Mean length from opening to close, on the clock of the call's sound; 95 % interval (t distribution)",
            "Work after the call, which nobody hears",
        ),
    ),
    Field(
        "silence_share",
        "share",
        ("silence-signal", "call-closed"),
        Wording(
            "静默占比",
            "所有静默的时长之和 ÷ 通话时长之和；括号内为 95% 区间（比值估计，t 分布）",
            "短于 5 秒的停顿",
        ),
        Wording(
            "Silence",
            "All silences ÷ all call time; 95 % interval (of a ratio, t distribution)",
            "Pauses of less than 5 s",
        ),
        is_better="low",
    ),
    Field(
        "overtalk_share",
        "share",
        ("overtalk-signal", "call-closed"),
        Wording(
            "抢话占比",
            "双方同时说话的时长之和 ÷ 通话时长之和；括号内为 95% 区间（比值估计，t 分布）",
            "短于 0.5 秒的重叠，以及“嗯”“好的”之类的附和",
        ),
        Wording(
            "Talking over",
            "Time in which both spoke ÷ all call time; 95 % interval (of a ratio, t distribution)",
            "Overlaps of less than 0.5 s, and acknowledgements such as 嗯 or 好的",
        ),
        is_better="low",
    ),
    Field(
        "agent_speed",
        "chars-per-min",
        ("utterance", "call-closed"),
        Wording("坐席语速", "每通语速（字/分钟）的平均值；括号内为 95% 区间（t 分布）", "坐席没说过够长的话的通话"),
        Wording(
            "Agent's speed",
            "Mean of the calls' characters per minute; 95 % interval (t distribution)",
            "Calls in which the agent said nothing long enough to tell",
        ),
    ),
    Field(
        "customer_speed",
        "chars-per-min",
        ("utterance", "call-closed"),
        Wording("客户语速", "每通语速（字/分钟）的平均值；括号内为 95% 区间（t 分布）", "客户没说过够长的话的通话"),
        Wording(
            "Customer's speed",
            "Mean of the calls' characters per minute; 95 % interval (t distribution)",
            "Calls in which the customer said nothing long enough to tell",
        ),
    ),
    Field(
        "repeat_share",
        "share",
        ("customer-history", "call-repeated", "wrap-up"),
        Wording(
            "重复来电率",
            "7 天内为同一件事再次打来的通话 ÷ 知道客户、来电原因和以往通话的来电；括号内为 95% 区间（Wilson）",
            "外呼；不知道客户是谁、为何来电的通话",
        ),
        Wording(
            "Repeat calls",
            "Calls about the same thing as one in the 7 days before ÷ inbound calls of which customer, reason and"
            " earlier calls are known; 95 % interval (Wilson)",
            "Outbound calls; calls of which nobody knows who called or why",
        ),
        {"repeat": ("true",)},
        "low",
    ),
    Field(
        "called_again_share",
        "share",
        ("call-opened", "wrap-up"),
        Wording(
            "再次来电率",
            "客户 7 天内又为同一件事来电的通话 ÷ 已满 7 天（或已再次来电）的来电；括号内为 95% 区间（Wilson）",
            "外呼；未满 7 天且还没有再次来电的通话；不知道客户是谁、为何来电的通话",
        ),
        Wording(
            "Called again",
            "Calls after which the customer called about the same thing within 7 days ÷ inbound calls whose 7 days"
            " are over, or that were followed; 95 % interval (Wilson)",
            "Outbound calls; calls whose 7 days still run; calls of which nobody knows who called or why",
        ),
        {"called_again": ("true",)},
        "low",
    ),
    Field(
        "calls_share",
        "share",
        ("call-opened", "wrap-up"),
        Wording("通话占比", "该组的通话 ÷ 筛选出的全部通话；括号内为 95% 区间（Wilson）", ""),
        Wording("Share of calls", "Calls of the row ÷ all calls of the report; 95 % interval (Wilson)", ""),
    ),
    Field(
        "angry_share",
        "share",
        ("emotion-signal",),
        Wording(
            "愤怒",
            "客户情绪最差时为“愤怒”的通话 ÷ 听出情绪的通话；括号内为 95% 区间（Wilson）",
            "没有听出客户情绪的通话",
        ),
        Wording(
            "Angry",
            "Calls whose least pleasant moment was anger ÷ calls in which a feeling was heard; 95 % interval (Wilson)",
            "Calls in which no feeling was heard",
        ),
        {"worst": ("angry",)},
        "low",
    ),
    Field(
        "disappointed_share",
        "share",
        ("emotion-signal",),
        Wording(
            "失望",
            "客户情绪最差时为“失望”的通话 ÷ 听出情绪的通话；括号内为 95% 区间（Wilson）",
            "没有听出客户情绪的通话",
        ),
        Wording(
            "Disappointed",
            "Calls whose least pleasant moment was disappointment ÷ calls in which a feeling was heard; 95 % interval"
            " (Wilson)",
            "Calls in which no feeling was heard",
        ),
        {"worst": ("disappointed",)},
        "low",
    ),
    Field(
        "anxious_share",
        "share",
        ("emotion-signal",),
        Wording(
            "焦急",
            "客户情绪最差时为“焦急”的通话 ÷ 听出情绪的通话；括号内为 95% 区间（Wilson）",
            "没有听出客户情绪的通话",
        ),
        Wording(
            "Anxious",
            "Calls whose least pleasant moment was anxiety ÷ calls in which a feeling was heard; 95 % interval"
            " (Wilson)",
            "Calls in which no feeling was heard",
        ),
        {"worst": ("anxious",)},
        "low",
    ),
    Field(
        "ends_unhappy_share",
        "share",
        ("emotion-signal",),
        Wording(
            "结束时不满",
            "客户最后为愤怒、失望或焦急的通话 ÷ 听出情绪的通话；括号内为 95% 区间（Wilson）",
            "没有听出客户情绪的通话",
        ),
        Wording(
            "Unhappy at the end",
            "Calls that ended in anger, disappointment or anxiety ÷ calls in which a feeling was heard; 95 % interval"
            " (Wilson)",
            "Calls in which no feeling was heard",
        ),
        {"ends": UNHAPPY},
        "low",
    ),
    Field(
        "words",
        "words",
        ("utterance", "wrap-up"),
        Wording(
            "客户用语",
            "客户在这一来电原因里说得比在其他原因里明显多的词：各通话里是否说过的对数几率之差，以全部通话为先验"
            "（Monroe 等，2008），取 z > 1.96 且至少 3 通说过的前 8 个",
            "隐私词已遮盖；单字、数字和含虚字（的、了、我、这……）的词；筛选出的通话超过 4,000 通时只看最新的 4,000 通",
        ),
        Wording(
            "Customer's words",
            "What customers say in calls with this reason clearly more often than in others: difference of the log-odds"
            " that a call has the word, with all calls as prior (Monroe et al. 2008); the first 8 with z > 1.96 that"
            " at least 3 calls have",
            "Private words, which are masked; single characters, numbers, and words with a character of grammar (的,"
            " 了, 我 …); of more than 4,000 calls all but the newest 4,000",
        ),
    ),
)

FIELDS: Mapping[str, Field] = {one.field_id: one for one in _ALL}
