"""Patterns of what can be ordered: plans by name and price, products with the price or volume right before them."""

from __future__ import annotations

from nlp.entities.names import PRODUCTS, SERVICES
from nlp.entities.numbers import NOT_INSIDE, NUMBER
from nlp.entities.pattern import Pattern, any_of, pattern

_ROUND = "(?=[一二三四五六七八九]{0,2}[十百])"
_TENS = "一二三四五六七八九十百"
_BARE_PRICE = rf"{NOT_INSIDE}{_ROUND}{NUMBER}"
_PRICE = rf"{NOT_INSIDE}(?:{_ROUND}{NUMBER}(?:块钱?|元)?|{NUMBER}(?:块钱?|元))"
_PLAN_NAMES = (
    "畅[享玩想聊打行]|惠享|尊享|[悦乐轻飞]享|老友|孝心|和家|炫彩|动感|商务|情侣|保号|回馈"
    "|全家享|合家欢|全家福|幸福家|校园|青春"
)
_PLAN_KINDS = rf"(?:[五四]G)?(?:{_PLAN_NAMES}|合约|家庭|融合|全家)?(?:[五四]G)?"
_PLAN_CARDS = "(?:校园畅玩|孝心|校园|青春|儿童|畅玩|大王|老人|学生|同学|银龄|不限量|日租)卡"
_CHANGED = "(?:换|改|升|降|调|转|办)(?:成|到|回|为|个)?(?:这个|那个|你们)?"
_ENDED = "[，。？了吧呢吗就行好把换改降升没用太不要咋怎里比够含给有和跟还都也对只最更本退除什会]|$"
"""Behind the price that names a plan; before a noun it is only what that costs."""
_MEASURED_FOR = rf"(?:{NOT_INSIDE}{NUMBER}(?:块钱?|元|个?G|兆|条|分钟|天|日))"
_PLACE = "中东|东南亚|欧洲|亚洲|韩国|日本|日韩|泰国|港澳台?|全球|国际|北美|港澳台"
_PACKED = (
    "(?:国际|境外|国内|亚洲|亲情|校园|夜间|通用|定向|短?视频|游戏|多人共享)?"
    "(?:[大小]?流量日?|短?视频|夜间|语音|短信|漫游|加油|接听|听书|阅读|音乐|戏曲|游戏(?:加速|畅玩|礼)?|点播|资讯|畅[享行用玩]|校园|出行权益|权益|通话)"
)
_MEMBERS = (
    "(?:视频|音乐|影视|云盘|游戏|阅读|悦读|体育|追剧"
    "|少儿|电视|听书|畅听|运动|免邮|黄金|黑钻|钻石|贵宾|金卡|年卡|洗车|体检|交友)"
)
_INSURED = "(?:碎屏|意外|家庭意外|航班|运费|手机|账户安全|燃气|教育|分红|盗刷|百万医疗|延误)"

OFFERS: tuple[Pattern, ...] = (
    pattern("plan", rf"{_PRICE}的?(?:那[个档款]|那一档)(?:套餐)?", 0.93),
    pattern("plan", rf"{_PRICE}的?{_PLAN_KINDS}(?:套餐(?!费)|保号(?:的(?!套)|套餐|档)?|基础款)", 0.95),
    pattern("plan", rf"{_PRICE}的?(?:[五四]G)?(?:{_PLAN_NAMES})档?", 0.71),
    pattern("plan", rf"{_PRICE}的?{_PLAN_CARDS}", 0.88),
    pattern("plan", rf"{_BARE_PRICE}的(?![话费险八账])", 0.88, before=_CHANGED),
    pattern("plan", rf"(?<!送)(?<!天)(?<!扣)(?<!点的，){_BARE_PRICE}的", 0.87, after=_ENDED),
    pattern("plan", rf"(?<!耀)(?:极速)?(?:[五四]G)?(?:{_PLAN_NAMES})(?:[{_TENS}]{{2,6}}(?![块元]))?套餐", 0.9),
    pattern("plan", rf"(?<!耀)(?:{_PLAN_NAMES})[{_TENS}]{{2,6}}(?![百G块元])", 0.67),
    pattern("plan", rf"{_PLAN_CARDS}|全家享|合家欢|全家福|[五四]G[畅轻飞悦乐]享|[五四]G畅玩|保号档|基础款", 0.91),
    pattern("product", rf"(?:{_MEASURED_FOR})?(?:{any_of(PRODUCTS)})", 0.94),
    pattern("product", rf"{_MEASURED_FOR}?{_PACKED}(?:体验|放心|优享)?包(?![含月年括])", 0.96),
    pattern(
        "product", rf"{_MEASURED_FOR}(?:[东南欧亚港日韩泰全球国际漫游境外畅享行流量月]{{1,4}})?包(?![含月年括])", 0.8
    ),
    pattern("product", rf"(?:{_PLACE})(?:[{_TENS}]{{1,2}}[天日]|月|流量|漫游|日)?包(?![含月年括])", 0.92),
    pattern("product", r"(?:[日月年季]|小时|点播|体验|提速|升级|礼|权益)包(?![含月年括])", 0.85),
    pattern("product", rf"{_MEMBERS}?会员(?![价日中专])", 0.78),
    pattern("product", rf"{_INSURED}险", 0.97),
    pattern("product", rf"(?:{_MEASURED_FOR})?(?:儿童|家庭|亲情|孝[亲心])?副卡", 0.99),
    pattern("product", any_of(SERVICES), 0.89),
)
