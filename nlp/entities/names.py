"""Words with a code of their own: providers, ways of service and of payment, authorities, faults, devices."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from nlp.entities.numbers import NUMBER, plain, read_number

Codes = Mapping[str, str]
"""Word, code."""


def _codes(**words: str) -> Codes:
    """Words of each code, apart by spaces; underscores of codes become hyphens."""
    return MappingProxyType({word: code.replace("_", "-") for code, listed in words.items() for word in listed.split()})


def _listed(words: str) -> tuple[str, ...]:
    return tuple(words.split())


RIVALS = _codes(
    mobile="中国移动 移动",
    unicom="中国联通 联通",
    telecom="中国电信 电信",
    broadnet="中国广电 广电",
    tietong="铁通",
    other=(
        "另外那两家 另外那家 隔壁那家 隔壁家 隔壁 别的运营商 其他运营商 其它运营商 另一家运营商 别家 对面那家"
        " 对门那家 友商 竞争对手"
        " 街口那家 东边那家 别的银行 其他银行 另一家银行"
    ),
)
REGULATORS = _codes(
    miit="工信部 工业和信息化部",
    miit_line="一二三零零 幺二三零零 12300",
    communications_authority="省通信管理局 通信管理局 省通管局 通管局 通信局",
    consumer_association="消费者委员会 消费者协会 消协 消委会 消保委",
    market_regulator="一二三一五 幺二三一五 幺二三幺五 12315 市场监管局 市监局 工商局 工商",
    mayor_line="市长热线 一二三四五 幺二三四五 12345",
    financial_regulator="金融监管局 金融监管总局 银保监局 银保监会 银保监 一二三七八 幺二三七八 12378 银监会",
    energy_line="一二三九八 幺二三九八 12398 能源局",
    internet_authority="网信办",
    police="公安局 公安 派出所 报警",
    court="法院",
    media="电视台 媒体 记者",
)
CHANNELS = _codes(
    shop="自营营业厅 营业大厅 营业厅 银行大厅 营业部 网点 柜台 支行",
    app="手机营业厅 掌上营业厅 掌上银行 手机银行 APP App app 客户端 手机上 手机",
    mini_program="微信小程序 小程序",
    wechat="公众号 微信公众号 微信",
    web="网上营业厅 网上银行 官网 网页 网上 线上",
    sms="短信",
    email="邮箱 电子邮件",
    phone="热线电话 电话渠道 电话",
    retail="便利店 超市 商城 直播间",
)
PAYMENTS = _codes(
    wechat="微信零钱 微信支付 微信 零钱通 零钱",
    alipay="支付宝 余额宝",
    union_pay="云闪付 银联",
    credit_pay="花呗 白条",
    direct_debit="银行卡代扣 自动扣款 自动扣费 自动代扣 委托代扣 托收",
    credit_card="信用卡",
    bank_card="储蓄卡 工资卡 银行卡 借记卡 建行卡 工行卡 农行卡",
    top_up_card="充值卡",
    coupon="话费券 代金券 抵用券",
    cash="现金",
    instalments="零首付 分期付款",
    digital_yuan="数字人民币",
)
DIRECTIONS = re.compile(
    r"(?P<up>升|提|往上|向上|上调|调高|高)|(?P<down>降|低|往下|向下|下调|调低)|(?P<same>保持|不变|不动|维持|平级)"
)
INDICATORS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("emergency-only", re.compile("紧急呼叫")),
    ("no-service", re.compile("[无没]服务|不在服务区|禁止|注册|找不到网络")),
    ("red-light", re.compile("红|LOS")),
    ("lights-off", re.compile("灯.{0,3}(?:灭|不亮)|不亮")),
    ("blinking-light", re.compile("一?闪")),
    ("one-way", re.compile("只能收|只进|发不|打不进|有信号但|有格不通")),
    ("no-signal", re.compile("(?:[没无]|一点)信号|信号都?[没无]|没网|一格都?没|一格没有|信号条空|没信号")),
    ("weak-signal", re.compile("[一两]格|信号.{0,2}[弱差]|小点")),
    ("buffering", re.compile("转圈|缓冲|加载|马赛克|卡|花屏|幻灯片|画面")),
    ("high-latency", re.compile("延迟|抖")),
    ("drops", re.compile("掉|断|离线|自动挂|自己重启")),
    ("no-internet", re.compile("打不开|上不了?去?网|无互联网|刷不出|网络未?连接|感叹号")),
    ("cannot-call", re.compile("空号|关机|打不出|打不通")),
    ("error-code", re.compile("错误码")),
    ("noise", re.compile("嗡|杂音|回音")),
)
"""The first pattern found names the fault."""
PRODUCTS = _listed(
    "视频彩铃 彩铃 炫铃 铃音盒 来电显示 来电提醒 呼叫转移 语音信箱 手机报 骚扰拦截 防骚扰拦截 安全管家 视频会员"
    " 防骚扰助手 音乐会员 游戏会员 云盘会员 影视会员"
    " 语音包 夜间流量包 定向流量包 夜间包 游戏包 阅读包 游戏加速包 亲情网 意外险 天气预报"
)
"""Services that most providers have under these names."""
SERVICES = _listed(
    "亲情号 亲情网 家庭网 合约机 国际漫游 国际长途 金卡 白金卡 年卡 附属卡 联名卡 "
    "贵宾卡 钻石卡 云盘 延保 来显 来电助手 来电秀 短信提醒 余额提醒 天气提醒 还款提醒 "
    "定位提醒 流量提醒 欠费提醒 停机保号 天气管家 全屋组网 铃音 保险 安心用卡 通信管家 "
    "健康管家 随身wifi "
)
"""Those that are now and then said of other things: 保险公司."""
BRANDS = _codes(
    apple="苹果 iPhone iphone 爱疯",
    huawei="华为",
    honor="荣耀畅玩 荣耀",
    redmi="红米",
    xiaomi="小米",
    oppo="OPPO oppo",
    vivo="vivo VIVO",
    oneplus="一加",
    realme="真我",
    samsung="三星",
    meizu="魅族",
    zte="中兴",
    nubia="努比亚",
    iqoo="iQOO iqoo",
)
_MODEL = re.compile(
    rf"旧?(?P<brand>{'|'.join(BRANDS)})(?:手机)?(?P<series>[A-Za-z]{{1,8}}|诺特|畅玩|畅享)?(?P<number>{NUMBER})?"
    r"(?P<edition>[A-Za-z ]{1,12}|普罗)?"
)
_LATIN = {"诺特": "note", "畅玩": "play", "畅享": "enjoy", "普罗": "pro"}


def longest_code(said: str, codes: Codes) -> str | None:
    """The code of the longest word that the text holds."""
    known = [word for word in codes if word in said]
    return codes[max(known, key=len)] if known else None


def direction_of(said: str) -> str | None:
    """往下降一档 → down."""
    found = DIRECTIONS.search(said)
    return found.lastgroup if found else None


def indicator_of(said: str) -> str | None:
    """光猫闪红灯 → red-light."""
    return next((code for code, pattern in INDICATORS if pattern.search(said)), None)


def device_of(said: str) -> str | None:
    """Brand and model: 苹果十五 → apple/15, 红米诺特八 → redmi/note-8; None for a brand that is not known."""
    found = _MODEL.fullmatch(said)
    if found is None:
        return longest_code(said, BRANDS)
    number = read_number(found["number"]) if found["number"] else None
    parts = (found["series"], plain(number) if number is not None else None, found["edition"])
    model = "-".join(_LATIN.get(part, part.strip().lower()) for part in parts if part)
    return BRANDS[found["brand"]] + (f"/{model}" if model else "")
