"""Names of people: after words that introduce them, before titles, spelt by their characters, as answers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlp.entities.worded import COMPOUND_SURNAMES, SURNAMES, WORDED


def _listed(words: str) -> list[str]:
    return words.split()


_HAN = "[\u4e00-\u9fff]"
_DIGITS = "[0-9零〇幺一二三四五六七八九洞]"
_TWO_CHAR_SURNAMES = rf"(?:{COMPOUND_SURNAMES}|东方|夏侯|轩辕|南宫|独孤|宇文|长孙|司空|闻人|澹台|申屠)"
_SURNAME = rf"(?:{_TWO_CHAR_SURNAMES}|(?!谢谢|祝[您大]){SURNAMES}|[于丁黎向翁欧佘卞桑敖厉郁邬巩戚仇栾甄闵刁尉燕宣沙杭])"
_NOT_GIVEN = "[的了吗呢吧啊呀么不没就是在跟给都也还要会能说打办我你您他她它这那上下去来喽，。？！、元块月号个年]"
_GIVEN = rf"(?:(?!{_NOT_GIVEN}){_HAN}){{1,2}}"
_NAME = rf"{_SURNAME}{_GIVEN}"
_END = (
    r"(?=[，。？！、；\s…]|$|先生|女士|小姐|本人|师傅|的(?:名字|爱人|老[公婆]|[爸妈儿女家先丈妻身电手号])|[，\s]?工号"
    r"|啊|呀|吧|吗|不是|对吗|是吧|现在)"
)
_NO_NAMES = frozenset(
    _listed(
        "马上 高兴 金卡 白金 黄金 白卡 常客 安装 安全 方便 明白 江苏 江西 "
        "金额 高速 万一 平时 时间 包月 包年 于是 计划 安徽 常德 陕西 牛奶 "
        "马路 白天 黄牛 钟头 谢谢 高峰 项目 温州 金华 常州 成都 成功 关机 "
        "关于 石家庄 和平 左右 付钱 付款 付费 白眼 祝您 祝大 向上 连续 年前 "
        "安排 全家 全国 全部 时候 路上 单位 单独 车上 车牌 水费 易购 步行 "
        "应该 贺卡 季度 程序 元旦 "
        "辛苦 周一 周二 周三 周四 周五 周六 周日 周末 安检 路由 "
        "张嘴 张开 白捡 费电 费用 简单 管它 包丢 包里 钱包 双人 程师 "
        "余额 孙女 孙子 车班 "
        "管道 管家 安心 应急 左手 右手 万能 高手 平台 方向 向着 全程 全新 全部 成交 云盘 易懂 "
    )
)
"""Words that begin like names."""

_INTRODUCED = (
    r"(?:我(?:的)?(?:名字|全名|姓名)?(?:叫做|就叫|叫|是)|名叫|叫做|(?:名字|姓名|全名|户名|本名|原名)(?:就)?(?:是|叫|写的?是?|：)?"
    r"|(?:机主|户主|持卡人|收件人|联系人|开户人|经办人|负责人)(?:的)?(?:姓名|名字|户名)?(?:是|叫|写的?是?|：)?|开户的是|(?<![\u4e00-\u9fff])本人"
    r"|(?:客服|专员|坐席|业务员|经理|师傅|员工|老师|同事)(?:代表)?(?:叫|是)?|一个叫|(?:以前|现在|他|她|儿|女儿|孩子|人|妈|爸|公|婆)叫"
    r"|(?<=[，。])写|按我名字查|(?:寄|打|留|转|交)给|请问是|您是|您说的是|您是说|(?:收件|联系)信息(?:是|：)|(?<=[，。\u4e00-\u9fff])找|名字(?:写|用)|用(?:的是)?|机主叫|(?:^|(?<=[，。]))我(?=\S{2,3}，))"
)
_CALLED = re.compile(rf"{_INTRODUCED}[，：]?(?P<name>{_NAME}){_END}")
_ANY_NAME = re.compile(
    r"(?:我叫|名字叫|全名叫|姓名叫)"
    rf"(?P<name>(?![你您他她它我们了什啥过人谁这那不没一两二三四五六七八九十几修车外退别]){_HAN}{{2,4}})(?=[，。])"
)
_SURNAMED = re.compile(
    rf"(?<!贵)(?<!同)(?<!百家)姓(?:氏)?(?:是)?(?P<name>{_SURNAME})(?=[，。？！、]|的|啊|呀|吧|叫|名|$)"
)
_TITLES = "先生|女士|小姐|师傅|经理|主管|老师|阿姨|大爷|大叔|大姐|医生|主任|科长|所长|老板"
_TITLED = re.compile(
    rf"(?:(?<![\u4e00-\u9fff])|(?<=[是给叫找让的姓和接请对跟向问好写谢])|(?<=您好)|(?<=转接)|(?<=好的))"
    rf"(?P<name>{_NAME}|{_SURNAME})(?=(?:{_TITLES}))"
)
_CLOSE = re.compile(rf"(?:叫我?|我是|找|是|姓)(?P<name>[小老]{SURNAMES})(?=[，。？就]|$)")
_BY_PARTS = re.compile(
    "(?:弓长|立早|耳东|双木|木子|口天|古月|言午|文刀|走肖|草头|三横|耳火|干钩|人禾|双口|日月|文武|水工|木易|奐阝|言射|人尔|禾火"
    f"|美女|女未|三划|三人|白水|双人|单人|西早|土也|十口|西贝)(?P<last>{_HAN})(?=[，。？！、；]|$|啊|的(?!{_HAN}))"
)
_BY_RADICAL = re.compile(
    rf"(?:三点水|两点水|草字头|单人旁|双人旁|提手旁|竖心旁|木字旁|金字旁|女字旁|王字旁|言字旁|火字旁|土字旁|绞丝旁)(?:的|加一?个?){_HAN}"
)
_BY_WORD = re.compile(
    rf"(?<!{_HAN})(?P<word>{_HAN}{{0,3}}(?P<char>{_HAN}){_HAN}{{0,3}})的(?P=char)(?=[，。？！、；]|$|啊|呀|嘛|字)"
)
_NAMING = re.compile(r"姓|我叫|名字|全名|姓名|叫.{1,3}，")
_OWNED = re.compile(rf"(?P<name>{_NAME})(?=的?名[字下])")
_CORRECTED = re.compile(rf"(?:^|是|，)(?P<name>{_SURNAME})(?=[，。]|不是|$)")
_PROVEN = re.compile(
    rf"(?:(?<![\u4e00-\u9fff])|(?<=[我爸妈哥姐弟妹婆公人是]))(?P<name>{_NAME})"
    rf"(?=，(?:身份证|证件|尾号|[后末]四位|电话|手机|密码|验证码|{_DIGITS}{{3}}))"
)
_AFTER_DIGITS = re.compile(rf"{_DIGITS}{{4}}，(?P<name>{_NAME})(?=[，。]|$)")
_ANSWER = re.compile(
    rf"(?:^|[，、])(?:嗯|啊|哦|呃|对)?(?:我?(?:叫|是|姓)|免贵姓?)?(?P<name>{_NAME}|{_SURNAME}(?=$|[。，啊]))(?=[，。！啊]|$)"
)
ASKED = re.compile("贵姓|怎么称呼|(?:姓名|名字|全名|户名|姓什么|叫什么)")
"""Who says this wants to hear a name."""
_BY_ENTITY = tuple(pattern for pattern in WORDED if pattern.label == "person")
_NO_ANSWERS = frozenset("方安和高白平成时万明全计关向应金连左水常")


def find_names(text: str, *, is_asked: bool) -> Iterator[tuple[int, int]]:
    """Characters [from, to); ``is_asked``: the other party has just asked for a name. They may overlap."""
    has_name = False
    for pattern in (_CALLED, _ANY_NAME, _SURNAMED, _TITLED, _CLOSE, _OWNED, _PROVEN, _AFTER_DIGITS):
        for found in pattern.finditer(text):
            name = found["name"]
            if not _is_word(name) and not (name == "谢" and text[: found.start("name")].endswith("谢")):
                has_name = True
                yield found.span("name")
    if (
        is_asked
        and (found := _ANSWER.search(text))
        and not _is_word(found["name"])
        and found["name"] not in _NO_ANSWERS
    ):
        has_name = True
        yield found.span("name")
    for pattern in _BY_ENTITY:
        for entity in pattern.find(text):
            name = text[entity.start : entity.end]
            is_week = name == "周" and text[: entity.start].endswith(("上", "下", "本", "这", "每"))
            if not _is_word(name) and not is_week and not re.search(_NOT_GIVEN, name[1:]):
                has_name = True
                yield entity.start, entity.end
    spelt = [found.span() for pattern in (_BY_PARTS, _BY_RADICAL) for found in pattern.finditer(text)]
    yield from spelt
    if spelt:
        has_name = True
        for found in _CORRECTED.finditer(text):
            yield found.span("name")
    if has_name or is_asked or _NAMING.search(text):
        for found in _BY_WORD.finditer(text):
            yield found.span()


def _is_word(name: str) -> bool:
    return name in _NO_NAMES or name[:2] in _NO_NAMES
