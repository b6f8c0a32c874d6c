"""Patterns of what has a name or a form of words: places, people, providers, devices, plans, faults."""

from __future__ import annotations

from nlp.entities.names import BRANDS, INDICATOR_WORDS, PAYMENTS, PRODUCTS, REGULATORS, RIVALS
from nlp.entities.numbers import DIGIT, NOT_INSIDE, NUMBER
from nlp.entities.pattern import Pattern, any_of, pattern
from nlp.entities.regions import REGIONS

_OPERATORS = "中国移动|中国联通|中国电信|中国广电|联通|电信|广电|铁通"
_OTHER_RIVALS = any_of([word for word, code in RIVALS.items() if code == "other" and word != "别家"])
_ALSO_PLACES = ("报警", "记者", "媒体", "法院", "派出所", "工商", "公安")
_AUTHORITIES = any_of([word for word in REGULATORS if word not in _ALSO_PLACES])
_CARRIED = (
    *(
        "微信",
        "现金",
        "零钱",
        "信用卡",
        "储蓄卡",
        "充值卡",
        "借记卡",
        "银行卡",
        "工资卡",
        "话费券",
        "自动扣费",
        "自动扣款",
    ),
)
"""Said of other things as well: ways of payment only between words of paying."""
_WALLETS = any_of([word for word in PAYMENTS if word not in _CARRIED])
_SURNAMES = (
    ""
    "[王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白"
    ""
    "孟秦邱侯江尹薛闫段雷龙史陶贺顾毛郝龚邵万钱严洪武戴莫孔汤常温康施牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅"
    ""
    "童凌毕单裴霍涂成苗谷盛曲冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶牟艾尤阳穆农司卓古吉缪简车项芦麦褚娄窦岑景宫费卜冷晏席卫米柏宗瞿桂覃郎富佟]"
)
_GIVEN = "[\u4e00-\u9fff]"
_TITLES = "先生|女士|小姐|师傅|经理|阿姨|大爷|总(?:[，。您]|$)"
_CALLED = "(?:我叫|名叫|叫做|机主是|户主是|户名是|姓名是|名字是|名字叫|机主叫|本人是|机主|户主)"
_PROVEN = rf"，(?:身份证|证件|尾号|后[四六]位|密码|验证码|电话|手机|{DIGIT}{{3}})"
"""What callers give after their name."""
_ROAD = r"[^，。？、在是到住从往寄成家址的了我您你这那一\s]{1,5}(?:大?路|大?街|大道|巷|胡同|弄|村|镇|小区|花园|苑|里)"
_HOUSE = rf"(?:{NUMBER}|{DIGIT}{{2,5}})"
_INSIDE = rf"(?:{_HOUSE}号?(?:院|楼|栋|幢|座|组|单元|室|舍))"
_ROUND = "(?=[一二三四五六七八九]{0,2}[十百])"
_MODEL_NUMBER = r"(?:(?:二?十[一二三四五六七八九]?|[六七八九]|九十|[0-9]{1,2})(?![块元个G年月天]))"
_CHANGED = "(?:换|改|升|降|调|转|办)(?:成|到|回|为|个)?(?:这个|那个|你们)?"
_PACKED = "(?:定向|夜间|通用|语音|国内|境外)?(?:大?流量|语音|短信|漫游|加油|日|接听|听书)"

WORDED: tuple[Pattern, ...] = (
    pattern("regulator", _AUTHORITIES, 0.95),
    pattern("rival", _OPERATORS, 0.98),
    pattern("rival", "移动(?!网|数据|电源|端|办公|宽带|支付|硬盘|设备|信号)", 0.92),
    pattern("rival", rf"(?:{_OTHER_RIVALS})(?!单元|[老档])", 0.86),
    pattern("region", rf"(?:{any_of(tuple(REGIONS))})(?![路街巷村话包日十]|时间|流量)", 0.95),
    pattern("payment", _WALLETS, 0.95),
    pattern(
        "payment", any_of(_CARRIED), 0.9, before="用|拿|走|通过|从", after="上?(?:付|交|缴|充|支付|扫|转|扣|还|划)"
    ),
    pattern("channel", "(?:自营|手机|网上)?营业厅|APP|公众号|(?:微信)?小程序", 0.95),
    pattern("channel", "短信", 0.9, before="(?:发|回)(?:条|您|个|你|我)?|用", after="[^费包]|$"),
    pattern("device", rf"(?:{any_of(tuple(BRANDS))})(?:诺特|畅玩|畅享)?{_MODEL_NUMBER}?", 0.95),
    pattern("plan", rf"{NOT_INSIDE}{_ROUND}{NUMBER}[块元]?(?:那档|那款|的?套餐)", 0.81),
    pattern("plan", rf"{NOT_INSIDE}{_ROUND}{NUMBER}[块元]?的?那个", 0.91),
    pattern("plan", rf"{NOT_INSIDE}{_ROUND}{NUMBER}的", 0.74, before=_CHANGED),
    pattern("plan_direction", "(?:往?[上下])?[升降提][一两]档|往[上下][升降]", 0.82),
    pattern("indicator", any_of(INDICATOR_WORDS), 0.75),
    pattern("product", any_of(PRODUCTS), 0.88),
    pattern("product", rf"{NOT_INSIDE}{NUMBER}(?:[块元]钱?的?|个?G的?|天的?){_PACKED}包", 0.62),
    pattern("person", _SURNAMES, 0.93, before="(?<!贵)姓", after="[，。？的啊呀吧]|$"),
    pattern("person", rf"(?<!谢){_SURNAMES}(?={_TITLES})", 0.84),
    pattern("person", rf"{_SURNAMES}{_GIVEN}{{1,2}}(?=先生|女士|本人|[，。？]|$)", 0.91, before=_CALLED),
    pattern("person", rf"(?<![\u4e00-\u9fff]){_SURNAMES}{_GIVEN}{{1,2}}", 0.87, after=_PROVEN),
    pattern("address", rf"{_ROAD}{_HOUSE}号(?:{_INSIDE}){{0,3}}(?:{DIGIT}{{3,4}})?", 0.84),
    pattern("address", rf"{_ROAD}(?:[一二三四]期)?(?:{_INSIDE}){{1,3}}(?:{DIGIT}{{3,4}})?", 0.91),
    pattern("address", rf"{NOT_INSIDE}{NUMBER}[栋幢座](?:{NUMBER}单元)?{DIGIT}{{3,4}}", 0.6),
)
