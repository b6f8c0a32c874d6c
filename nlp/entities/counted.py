"""Patterns of what is counted and paid: money, data, voice, messages, speed, discounts, terms, times."""

from __future__ import annotations

from nlp.entities.durations import LENGTH
from nlp.entities.numbers import NOT_INSIDE, NUMBER
from nlp.entities.pattern import Pattern, pattern

_ONE = "[一二两三四五六七八九]"
_TENS = "十百千万亿"
_MEASURES = "[个年月天次张条台部块元毛兆折分点号期楼栋岁回遍趟家人种位份户档周星小倍层批级季通笔路集样件会GMTXx]"
_COINS = (
    rf"(?:零?{_ONE}(?:[毛角](?:{_ONE}分?(?!{_MEASURES}))?|(?!{_MEASURES}|[零十百千万]))|零{_ONE}分|半(?![个年天小]))?"
)
_ROUND = f"(?=(?:{_ONE}{{1,2}})?[十百千万])"
"""Looking ahead: a number by value, no row of digits."""
_ABOUT = "一两|两三|二三|三四|三五|四五|五六|六七|七八|八九"
_PLAIN = (
    rf"(?!十(?!{_ONE}))(?:(?:(?:{_ABOUT}|{_ONE})[百千万]|(?:{_ABOUT}|{_ONE})?十)零?){{1,4}}+万?"
    rf"(?:{_ONE}(?!个?{_MEASURES})|(?![一二两三四五六七八九])|(?=一(?:个月|[天年张台期条次G]|分钟)))(?:几|多(?!少))?+"
)
"""A number by value without a unit: as a rule it means money."""
_NO_MONEY = (
    "(?:[个月天次张条台部兆折分点号期楼栋幢座岁回遍趟家人种位份户档周小倍层批级季通笔路集样件吨方度套克斤米瓦寸秒线毫字页平单"
    "亿万GMTKXx]|年(?!费)|里(?![头面])|[多来][岁里号平人]|来?[个条天年兆分]|的|那[个档款种]|套餐(?!费)|保号)"
)
_BOUND = (
    "(?:合约|协议|合同|签|绑|捆|套|续|约|锁|分|存|体验期|优惠期|绑定期|过渡期|承诺|最短|期限|质保|[只就]保|保修)"
    "(?:了|期|您|你们?|我|住|是|得|要|的|至少|成|最少|用|就|还|又|价|定|个|，){0,2}"
)
_TERM = rf"{NOT_INSIDE}(?:半年|{NUMBER}(?:年半?|个月))期?"

_NOT_USED = "(?<![剩超跑用耗])(?<!流量|还有|剩下|剩了|超了|超出|出了|跑了|用了|用掉|耗了)"
"""Looking behind: what is used up or left is a volume."""
_LINE_SPEEDS = "千|一千|两千|五百|六百|三百|两百|二百|一百|百|五十|二十|三十|一"

_NO_AGE = rf"(?:(?<![爸妈娘爹奶爷我])|(?!{_PLAIN}[多几]?了))"
"""Looking around: 我妈八十二了 tells no amount."""

AMOUNTS = (
    pattern(
        "amount",
        rf"{NOT_INSIDE}(?!一块(?!钱|{_ONE}))(?!零[块元]){NUMBER}(?:多|来)?[块元](?:多|来(?![显电]))?{_COINS}钱?",
        0.97,
    ),
    pattern("amount", rf"{NOT_INSIDE}{NUMBER}毛(?:{_ONE}(?!{_MEASURES}))?(?:多|来)?钱?", 0.86),
    pattern("amount", rf"{NOT_INSIDE}(?!一分){NUMBER}分钱", 0.43),
    pattern("amount", rf"{NOT_INSIDE}{_NO_AGE}(?<!分之)(?<![A-Za-z]){_PLAIN}(?!{_NO_MONEY})", 0.93),
    pattern(
        "amount",
        rf"{NOT_INSIDE}{_PLAIN}",
        0.92,
        after="的(?:话(?!费)|[^，。？的]{0,3}(?:费|险|账|违约金|补贴|[八九七六五]折|月租|差价|流量|邻居))",
    ),
)
VOLUMES = (
    pattern("data_volume", rf"{NOT_INSIDE}(?:{NUMBER}|半)(?:多|来)?个半?多?[GT](?![A-Za-z])", 0.97),
    pattern("data_volume", rf"{NOT_INSIDE}(?:[一七八九]|{_ROUND}{NUMBER}|{NUMBER}点{_ONE})G(?![A-Za-z])", 0.84),
    pattern("data_volume", rf"(?<={_ONE}){_ONE}?[十百]个?G(?![A-Za-z])", 0.83),
    pattern("data_volume", rf"{NOT_INSIDE}{NUMBER}个半(?=[，。？了]|$)", 0.75, before="(?:流量|G)[^。？]{0,12}"),
    pattern("data_volume", rf"{NOT_INSIDE}{NUMBER}兆(?=的?流量)", 0.5),
    pattern(
        "data_volume",
        rf"{NOT_INSIDE}{NUMBER}兆",
        0.82,
        before="(?:流量|剩|还有|剩下|超出?|跑|用|用掉|耗)(?:了|的|是|还剩|只剩|就剩)?",
    ),
    pattern(
        "bandwidth",
        rf"{NOT_INSIDE}{_NOT_USED}(?:{_LINE_SPEEDS})兆(?!的?流量)",
        0.95,
    ),
    pattern(
        "bandwidth",
        rf"{NOT_INSIDE}{NUMBER}兆",
        0.92,
        before="(?:宽带|提速|测速|网速|测|光纤|上行|下行|速度)[^，。]{0,6}",
    ),
    pattern(
        "minutes",
        rf"{NOT_INSIDE}(?!一分){NUMBER}分钟",
        0.85,
        after="(?:的?国?内?(?:通话|语音|电话|主叫|免费)|加|跟|[、和]|是本地)",
    ),
    pattern(
        "minutes",
        rf"{NOT_INSIDE}(?!一分){NUMBER}分钟",
        0.08,
        before="(?:语音|通话|主叫|电话|送|含|G|加|兆|流量)(?:还|能|打|撑死|只|有|了|剩|是|的|您|个|就|里){0,4}[、，和跟加]?",
    ),
    pattern("minutes", rf"{NOT_INSIDE}(?=[一二两三四五六七八九]?[百千]){NUMBER}分钟", 0.99),
    pattern("sms_count", rf"{NOT_INSIDE}(?!一条){NUMBER}条", 0.73, after="(?:国际|免费|的)?短信"),
    pattern("sms_count", rf"{NOT_INSIDE}(?!一条){NUMBER}条", 0.62, before="短信[^，。]{0,4}"),
    pattern("sms_count", rf"{NOT_INSIDE}(?=(?:{_ONE}{{1,2}})?[百千]){NUMBER}条", 0.98),
)
REDUCTIONS = (
    pattern("discount", rf"(?<![打转骨曲]一)(?<![转周]){_ONE}{_ONE}?折(?![腾扣磨叠返])", 0.99),
    pattern("discount", "半价(?!那)|对折|减半", 0.92),
    pattern("discount", rf"百分之(?:百|{NUMBER})", 0.67, before="(?:优惠|降|便宜|折扣|打|减|少|返|加|退)[^，。]{0,4}"),
    pattern("discount", rf"{_ONE}成", 0.67, before="(?:优惠|降|便宜|打|减|返|赔|让)(?:了|个|您|你)?"),
)
TERMS = (
    pattern("contract_term", _TERM, 0.98, before=_BOUND),
    pattern(
        "contract_term",
        _TERM,
        0.88,
        after="的?(?:合约|合同|协议|约(?!定)|起签|起租|在网|里(?:头|面)?|绑|太?长|质保|保修|只换不修)",
    ),
    pattern("contract_term", rf"{NOT_INSIDE}(?:{NUMBER}|半)年期", 0.12),
    pattern("contract_term", rf"{NOT_INSIDE}(?:三|六|九|十|十二|十八|二十四|三十六)期(?!间)", 0.96),
)
TIMES = (
    pattern("count", rf"第{NUMBER}(?:次|遍|回|趟|通)(?!年)", 0.94),
    pattern(
        "count",
        rf"{NOT_INSIDE}(?!一[次遍回趟通道]|二次|三番五次|[二三]道)(?:{NUMBER})(?:次|遍|回(?![来去家头电复话])|趟|通(?![过话]))(?![事数年])",
        0.98,
    ),
)
_SAYINGS = (
    "(?!一(?:把|天[到比]|年[到比不])|三天两头"
    "|[一二两三四五六七八九十百千]*(?:[百千]一(?:年|个月|天)|[二三四五六七八九]十一个?[年月]))"
)
"""Looking ahead: no saying (一年到头), and no price by the month (七十一个月)."""
LENGTHS = (
    pattern("duration", rf"{_SAYINGS}(?![一每几])(?!{NUMBER}(?:年|个月|分钟)){LENGTH}", 0.94),
    pattern("duration", rf"(?![一每几])(?={NUMBER}分钟){LENGTH}", 0.84),
    pattern("duration", rf"{_SAYINGS}(?![一每几])(?={NUMBER}(?:年|个月)){LENGTH}", 0.71),
    pattern(
        "duration",
        rf"{_SAYINGS}(?<![块元钱毛G条兆分每第头哪后一二两三四五六七八九十])(?=一){LENGTH}"
        "(?![^，。？]{0,7}(?:[一二两三四五六七八九十几]|多少|怎么))",
        0.67,
    ),
)
COUNTED: tuple[Pattern, ...] = (*AMOUNTS, *VOLUMES, *REDUCTIONS, *TERMS, *TIMES, *LENGTHS)
