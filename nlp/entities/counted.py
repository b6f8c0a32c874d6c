"""Patterns of what is counted and paid: money, data, voice, messages, speed, discounts, terms, times."""

from __future__ import annotations

from nlp.entities.durations import LENGTH_UNITS
from nlp.entities.numbers import NOT_INSIDE, NUMBER
from nlp.entities.pattern import Pattern, pattern

_ONE = "[一二两三四五六七八九]"
_MEASURES = "[个年月天次张条台部块元毛兆折分点号期楼栋岁回遍趟家人种位份户档周星小倍层批级季通笔路集样件会GMTXx]"
_COINS = (
    rf"(?:零?{_ONE}(?:[毛角](?:{_ONE}分?(?!{_MEASURES}))?|(?!{_MEASURES}|[零十百千万]))|零{_ONE}分|半(?![个年天小]))?"
)
_ROUND = f"(?=(?:{_ONE}{{1,2}})?[十百千万])"
"""Looking ahead: a number by value, no row of digits."""
_PAID = (
    "(?:充|冲|交|扣|花|收|付|退|欠|返|补|赔|缴|还|减|省|涨|降|加|多|少|差|余额|月租|月费|年费|套餐费|每天|每月|每个月|一个月|一年|每期|每年|包年"
    "|消费|低消|账|打完折|折下来|一共|总共|不止|只要|只有|才|便宜|原价|到手|话费|差价|额度|违约金|违约|预算|剩)"
    "(?:进去|出去|还?有|还得|了|您|你|我|他|她|到|的是|是|就|成|掉|要|只|得|出|给)?"
)
_END = r"(?=[，。？、的了吧呢啊吗呀嘛么呗以封打整左上]|$)"
_LENGTH = rf"{NOT_INSIDE}(?:半个?|{NUMBER}(?:个半)?(?:多|来|整)?)(?:{LENGTH_UNITS})半?"
_BOUND = (
    "(?:合约|协议|合同|签|绑|约期|在网|办满|用满|分|改|保|锁|满|期限|承诺|最短)"
    "(?:了|期|您|你|我|是|得|要|的|至少|成|最少|约|用|就|还|，)?"
)

_NOT_USED = "(?<![剩超跑用耗])(?<!流量|还有|剩下|剩了|超了|超出|出了|跑了|用了|用掉|耗了)"
"""Looking behind: what is used up or left is a volume."""
_LINE_SPEEDS = "千|一千|两千|五百|六百|三百|两百|二百|一百|百|五十|二十|三十|一"

AMOUNTS = (
    pattern(
        "amount", rf"{NOT_INSIDE}(?!一块(?!钱|{_ONE}))(?!零[块元]){NUMBER}(?:多|来)?[块元](?:多|来)?{_COINS}钱?", 0.91
    ),
    pattern("amount", rf"{NOT_INSIDE}{NUMBER}毛(?:{_ONE}(?!{_MEASURES}))?(?:多|来)?钱?", 0.75),
    pattern("amount", rf"{NOT_INSIDE}(?!一分){NUMBER}分钱", 0.5),
    pattern("amount", rf"{NOT_INSIDE}{_ROUND}{NUMBER}{_END}", 0.96, before=_PAID),
    pattern("amount", rf"{NOT_INSIDE}{_ONE}(?:[百千万]{_ONE}|千{_ONE}百{_ONE}){_END}", 0.94),
)
VOLUMES = (
    pattern("data_volume", rf"{NOT_INSIDE}(?:{NUMBER}|半)(?:多|来)?个半?多?[GT](?![A-Za-z])", 0.95),
    pattern("data_volume", rf"{NOT_INSIDE}(?:[一七八九]|{_ROUND}{NUMBER}|{NUMBER}点{_ONE})G(?![A-Za-z])", 0.67),
    pattern("data_volume", rf"(?<={_ONE}){_ONE}?[十百]个?G(?![A-Za-z])", 0.75),
    pattern("data_volume", rf"{NOT_INSIDE}{NUMBER}个半(?=[，。？了]|$)", 0.75, before="(?:流量|G)[^。？]{0,12}"),
    pattern("data_volume", rf"{NOT_INSIDE}{NUMBER}兆(?=的?流量)", 0.67),
    pattern(
        "data_volume",
        rf"{NOT_INSIDE}{NUMBER}兆",
        0.83,
        before="(?:流量|剩|还有|剩下|超出?|跑|用|用掉|耗)(?:了|的|是|还剩|只剩|就剩)?",
    ),
    pattern(
        "bandwidth",
        rf"{NOT_INSIDE}{_NOT_USED}(?:{_LINE_SPEEDS})兆(?!的?流量)",
        0.94,
    ),
    pattern(
        "bandwidth",
        rf"{NOT_INSIDE}{NUMBER}兆",
        0.94,
        before="(?:宽带|提速|测速|网速|测|光纤|上行|下行|速度)[^，。]{0,6}",
    ),
    pattern("minutes", rf"{NOT_INSIDE}{NUMBER}分钟", 0.9, after="(?:的?国?内?(?:通话|语音|电话|主叫|免费))"),
    pattern("minutes", rf"{NOT_INSIDE}{NUMBER}分钟", 0.93, before="(?:语音|通话|送|含|G|加|兆)[^，。]{0,3}[加、，和]?"),
    pattern("minutes", rf"{NOT_INSIDE}(?=[一二两三四五六七八九]?[百千]){NUMBER}分钟", 0.94),
    pattern("sms_count", rf"{NOT_INSIDE}(?!一条){NUMBER}条", 0.7, after="(?:国际|免费|的)?短信"),
    pattern("sms_count", rf"{NOT_INSIDE}(?!一条){NUMBER}条", 0.83, before="短信[^，。]{0,4}"),
)
REDUCTIONS = (
    pattern("discount", rf"(?<![打转骨曲]一)(?<![转周]){_ONE}{_ONE}?折(?![腾扣磨叠返])", 0.97),
    pattern("discount", "半价|对折", 0.75),
    pattern("discount", rf"百分之(?:百|{NUMBER})", 0.5, before="(?:优惠|降|便宜|折扣|打|减|少|返|加|退)[^，。]{0,4}"),
    pattern("discount", rf"{_ONE}成", 0.5, before="(?:优惠|降|便宜|打|减|返|赔|让)(?:了|个|您|你)?"),
)
TERMS = (
    pattern("contract_term", rf"{NOT_INSIDE}(?:半年|{NUMBER}(?:年半?|个月))期?", 0.92, before=_BOUND),
    pattern(
        "contract_term", rf"{NOT_INSIDE}(?:半年|{NUMBER}(?:年|个月))", 0.67, after="的?(?:合约|合同|协议|约(?!定)|起签)"
    ),
    pattern("contract_term", rf"{NOT_INSIDE}(?:{NUMBER}|半)年期", 0.8),
    pattern("contract_term", rf"{NOT_INSIDE}(?:三|六|九|十|十二|十八|二十四|三十六)期(?!间)", 0.96),
)
TIMES = (
    pattern("count", rf"(?!第一次)第{NUMBER}(?:次|遍|回|趟|通)(?!年)", 0.79),
    pattern("count", rf"{NOT_INSIDE}(?!一[次遍回趟通])(?:不下)?{NUMBER}(?:次|遍|回|趟|通)(?![事数])", 0.94),
    pattern(
        "count",
        rf"{NOT_INSIDE}第?{NUMBER}个",
        0.67,
        before="(?:打|接|这|今天|一天)(?:了|过|是|都|到)?",
        after="推?销?(?:电话|客服|人跟)",
    ),
    pattern("count", rf"{NOT_INSIDE}{NUMBER}笔", 0.83, before="(?:满|刷|一共|总共|消费)(?:了|，)?"),
)
LENGTHS = (
    pattern("duration", _LENGTH, 0.84, after="(?:多|来)?了"),
    pattern(
        "duration",
        rf"(?!半天){_LENGTH}",
        0.82,
        before="(?:[^到完就行除为]了|还差|还剩|还有|晚了?|已经|持续|前后|整整|在网)(?:我|你们|您|快|都)?",
        after="(?!前|后|之|内|以)",
    ),
    pattern("deadline", rf"{_LENGTH}(?:之内|以内|内)", 0.86),
    pattern("deadline", rf"{NOT_INSIDE}{NUMBER}个工作日(?:之内|以内|内)?", 0.86),
    pattern("deadline", _LENGTH, 0.75, after="(?:左右)?(?:给您?(?:答复|回|准信)|到账|上门|答复|回电)"),
)
COUNTED: tuple[Pattern, ...] = (*AMOUNTS, *VOLUMES, *REDUCTIONS, *TERMS, *TIMES, *LENGTHS)
