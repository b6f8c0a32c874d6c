"""Patterns of what has a name or a form of words: places, people, providers, devices, plans, faults."""

from __future__ import annotations

from nlp.entities.names import BRANDS, PAYMENTS, REGULATORS, RIVALS
from nlp.entities.numbers import DIGIT, NOT_INSIDE, NUMBER
from nlp.entities.pattern import Pattern, any_of, pattern
from nlp.entities.regions import REGIONS

_OPERATORS = "中国移动|中国联通|中国电信|中国广电|联通|电信|广电|铁通"
_OTHER_RIVALS = any_of([word for word, code in RIVALS.items() if code == "other" and word != "别家"])
_ALSO_PLACES = ("报警", "记者", "媒体", "派出所", "工商", "公安")
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
_PAYING = "(?:用|拿|走|通过|从|付|交|缴|充|扣|还|返|退|绑|输|取|收|带)"
_TOLD = (
    "(?:发|收到|收着|接到|回|看|看到|通过|用|凭|编辑?|等|以|有|来|下发|留意)"
    "(?:了|条|个|您|我|你|的|一条|过|下|啥|什么|新){0,2}"
)
_WALLETS = any_of([word for word in PAYMENTS if word not in _CARRIED])
SURNAMES = (
    ""
    "[王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白"
    ""
    "孟秦邱侯江尹薛闫段雷龙史陶贺顾毛郝龚邵万钱严洪武戴莫孔汤常温康施牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅"
    ""
    "童凌毕单裴霍涂成苗谷盛曲冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶牟艾尤阳穆农司卓古吉缪简车项芦麦褚娄窦岑景宫费卜冷晏席卫米柏宗瞿桂覃郎富佟]"
)
"""Of a pattern: a surname of one character."""
COMPOUND_SURNAMES = "欧阳|上官|司马|诸葛|令狐|皇甫|慕容|司徒|端木|尉迟|公孙"
"""Of a pattern: surnames of two characters that mean nothing else."""
_FAMILY = rf"(?:{COMPOUND_SURNAMES}|东方(?![红明])|{SURNAMES})"
_GIVEN = "[\u4e00-\u9fff]"
_TITLES = "先生|女士|小姐|师傅|经理|阿姨|大爷|姑娘|同志|大姐|大哥|老板|总(?:[，。您]|$)"
_CALLED = "(?:我叫|名叫|叫做|机主是|户主是|户名是|姓名是|名字是|名字叫|机主叫|本人是|机主|户主)"
_PROVEN = rf"，(?:身份证|证件|尾号|后[四六]位|密码|验证码|电话|手机|{DIGIT}{{3}})"
"""What callers give after their name."""
_ROAD = r"[^，。？、在是到住从往寄成家址的了我您你这那一\s]{1,5}(?:大?路|大?街|大道|巷|胡同|弄|村|镇|小区|花园|苑|里)"
_HOUSE = rf"(?:{NUMBER}|{DIGIT}{{2,5}})"
_INSIDE = rf"(?:{_HOUSE}号?(?:院|楼|栋|幢|座|组|单元|室|舍))"
_MODEL_NUMBER = r"(?:(?:二?十[一二三四五六七八九]?|[六七八九]|九十|[0-9]{1,2})(?![块元个G年月天]))"
_SIGNAL = (
    "[没无](?:有|得)?(?:信号|服务|网络)|没得网|不在服务区|断网|网断了?|掉线|断线|转圈圈?|黑屏|花屏|卡顿|缓冲|马赛克|感叹号|仅限紧急呼叫"
    "|信号满格|(?<!倒)满格|(?<![格一])[一两三]格(?:信号)?(?![一电])|信号(?:不好|不太好|很?差|弱|断断续续)|红灯|闪红|一[格点](?:信号|网)?都?没有|一[格点]信号都?没有"
    "|无互联网|网络(?:连接失败|未连接)|注册失败|灯?全灭|无SIM卡|未插卡"
)
_RARER_SIGNS = (
    "(?:信号格?)?打叉|大?[小红]叉|黄三角|(?<!里)打转|[搜找]不到(?:网络|信号)|(?:登录|连接|认证|拨号)失败|闪断(?!了)|丢包"
    "|自动(?:挂断|断开|断网)|滋啦响"
)
_LAMP = "光猫(?:PON)?灯?|光信号灯?|信号灯|PON灯?|LOS灯?|(?:电源|光纤|网口|网络|路由器|指示|盒子|语音|无线)灯|路由器"
WORDED: tuple[Pattern, ...] = (
    pattern("regulator", rf"(?<!{DIGIT})(?:{_AUTHORITIES})(?!{DIGIT})", 0.98),
    pattern("rival", _OPERATORS, 0.99),
    pattern(
        "rival",
        "(?<!你们)(?<!我们)移动(?!网|数据|电源|端|办公|宽带|支付|硬盘|设备|信号|热线|客服|营业|公司|通信)",
        0.97,
    ),
    pattern("rival", rf"(?:{_OTHER_RIVALS})(?!单元|[老档楼都邻客王李张小村室的])", 0.78),
    pattern(
        "rival",
        "(?:另外)?隔壁(?:联通|电信|移动|那家|燃气公司)|人家那边|另一家(?!的)|对面(?:那家|摆摊)|别的(?:银行|家)",
        0.8,
    ),
    pattern("rival", "别家(?!的手机)", 0.91),
    pattern("region", rf"(?:{any_of(tuple(REGIONS))})(?![路街巷村话包日十]|时间|流量)", 0.98),
    pattern("payment", _WALLETS, 0.86),
    pattern("payment", any_of(_CARRIED), 0.67, before=_PAYING + "(?:了|您|我|你|的|是|从|到|用|个|我的)?"),
    pattern(
        "payment",
        any_of(_CARRIED),
        0.91,
        after="(?:里|上)?(?:就|能|可以|给|来|转账)?(?:付|交|缴|充|支付|扫|转|扣|还|划|冲)",
    ),
    pattern("payment", "(?:银行卡)?代扣(?!卡)|自动扣款|银行卡代扣|现钱|存折", 0.9),
    pattern("payment", "现金(?!分期|贷|流)", 0.84),
    pattern(
        "channel",
        "(?:自营|手机|网上|中心|旗舰|[东西南北]门|[城铁][东西南北中])?营业厅|自营厅|网上商城|维修点|APP|公众号|(?:微信)?小程序|柜台|网点|邮箱|手机银行|掌上银行|门店|官网|自助机|邮局",
        0.95,
    ),
    pattern("channel", "网上(?!银行|营业|那家|旗舰|商城)", 0.92),
    pattern("channel", "(?<!他们)线上(?!等|银行|了)", 0.76, before="(?:[^在]|^)"),
    pattern(
        "channel",
        "(?<![垃圾推销告])(?<!授权)(?<!不发)短信(?!包|费|提醒|轰炸|验证|都|也?收不|[和加])",
        0.92,
        before=_TOLD,
    ),
    pattern(
        "channel",
        "(?<![条垃圾推销告])(?<!授权)短信",
        0.83,
        after="(?:马上|里|上|说|写|通知|确认|会|就|发(?:您|给|到|过|了)|告|为准|回复|查|到了)",
    ),
    pattern("device", rf"(?:{any_of(tuple(BRANDS))})(?:诺特|畅玩|畅享)?{_MODEL_NUMBER}?", 0.93),
    pattern(
        "plan_direction",
        "(?:往?[上下]|再)?[升降提调][一两]档|往[上下低高大](?:里|了|好)?[升降调换提](?:[一两][档级]|到)?",
        0.88,
    ),
    pattern(
        "plan_direction",
        "[升降][档到成回]|降级|(?<!投诉)升级(?![到系下投五])|调低|降下来|升上去|[升降]回[来去]|平级换|改低|平调|[升降提]个?档|调高|维持原(?:样|档)|保持(?:原样|不变)",
        0.87,
    ),
    pattern("plan_direction", "[升降]", 0.38, before="(?:不|给我|能|要|想|我|再|准|先)", after="[吧了，。？嘛的]|$"),
    pattern("indicator", _SIGNAL, 0.95),
    pattern("indicator", _RARER_SIGNS, 0.94),
    pattern("indicator", rf"(?:{_LAMP})(?:[闪亮]?[红橙黄绿]灯|闪红|红|全?灭|不亮|闪)", 0.82),
    pattern("person", _FAMILY, 0.97, before="姓", after="[，。？的啊呀吧]|$"),
    pattern("person", rf"(?<![谢庆小老大])(?!祝(?!师傅|先生|女士|经理)){_FAMILY}(?={_TITLES})", 0.97),
    pattern("person", rf"(?<![\u4e00-\u9fff]){SURNAMES}(?=[姐哥叔]|老师|主管|店长)", 0.86),
    pattern("person", rf"小{SURNAMES}(?=[，。？你]|$)", 0.91, before="是|叫|经理|收件人|收件人写"),
    pattern(
        "person",
        rf"{SURNAMES}{_GIVEN}{{1,2}}(?=先生|女士|[，。？]|$)",
        0.86,
        before="叫|收件人?|户主|机主|确认是|名字",
    ),
    pattern("person", rf"(?:^|(?<=，)){SURNAMES}{_GIVEN}{{1,2}}(?=，{DIGIT}{{3}})", 0.97),
    pattern("person", rf"{SURNAMES}{_GIVEN}{{1,2}}(?=先生|女士|本人|[，。？]|$)", 0.94, before=_CALLED),
    pattern("person", rf"(?<![\u4e00-\u9fff]){SURNAMES}{_GIVEN}{{1,2}}", 0.79, after=_PROVEN),
    pattern(
        "person",
        rf"(?:^|(?<=[，是]))(?!谢[谢了]|关了|安检){_FAMILY}{_GIVEN}{{1,2}}(?=，[^，。？]{{1,4}}的[^，。？]{{1,2}}(?:，|$))",
        0.9,
    ),
    pattern(
        "person", rf"(?<={DIGIT}，){SURNAMES}{_GIVEN}{{1,2}}$|(?<=是){SURNAMES}{_GIVEN}{{2}}(?=，{DIGIT}{{3}})", 0.91
    ),
    pattern("person", SURNAMES, 0.67, before="，", after="收$"),
    pattern("address", rf"{_ROAD}{_HOUSE}号(?:{_INSIDE}){{0,3}}(?:{DIGIT}{{3,4}})?", 0.84),
    pattern("address", rf"{_ROAD}(?:[一二三四]期)?(?:{_INSIDE}){{1,3}}(?:{DIGIT}{{3,4}})?", 0.83),
    pattern("address", rf"{NOT_INSIDE}{NUMBER}[栋幢座](?:{NUMBER}单元)?{DIGIT}{{3,4}}", 0.59),
)
