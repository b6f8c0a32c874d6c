"""What has a form of its own or is told after its name: passwords, e-mail addresses, licence plates, passports."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from assist.messages import PrivateKind
from nlp.entities.numbers import DIGIT

_DIGITS = DIGIT.strip("[]")
"""Of a character class; an alternative that a class has already makes patterns take exponential time."""
_ATOM = rf"(?:[两二三四五六七八九]个{DIGIT}|{DIGIT})"
_CODE = (
    rf"(?:{_ATOM}(?:[，、\s…·]|呃|嗯|杠|井号|星号){{0,3}}){{3,10}}(?:井号|星号)?|[四五六七八]个{DIGIT}(?:井号)?"
    rf"|[A-Za-z][A-Za-z\s{_DIGITS}]{{3,24}}"
)
_NAMED = r"(?:验证码|动态码|校验码|密码|口令|取件码|提货码|授权码|激活码|收到码|个码)"
_TOLD = re.compile(
    rf"{_NAMED}(?:我?(?:记得)?(?:应该|好像)?(?:就)?(?:是|为|改成|设成|改为)|不是|：|的?是|收到了，(?:是)?|收到了?)?"
    rf"(?:就是|是)?(?:(?!{DIGIT})[^，。？A-Za-z]){{0,6}}[，：]?(?:是)?(?P<code>{_CODE})(?![个位元块分钟月年次遍])"
)
_OR = re.compile(rf"(?:就是|改成|或者|还是)(?P<code>{_CODE})(?![个位元块])")
ASKED_CODE = re.compile("(?:验证码|动态码|校验码|授权码|提货码|密码|口令|六位数字|取件码|个码)")
"""Who asks for something and says this wants to hear a code."""
_TRAILING = re.compile(r"[，、\s…·]|呃|嗯")

_EMAIL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,63}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4}")
_LETTER = rf"(?:[A-Za-z._+\s点杠{_DIGITS}-]|下划线|[大小]写的?)"
_PROVIDER = rf"(?:[A-Za-z{_DIGITS}]|腾讯|网易|新浪|搜狐|谷歌|雅虎|阿里云)"
_AT = r"(?:\s?(?:艾特|圈[aA]|@|[aA][tT]))"
_SPOKEN_EMAIL = re.compile(
    rf"{_LETTER}{{1,32}}{_AT}\s?{_PROVIDER}{{1,16}}(?:\s?点\s?(?:com|cn|net|org|COM|CN|NET|ORG|edu|康姆)){{1,3}}"
)
_EMAIL_PART = re.compile(
    rf"(?:艾特|圈[aA]|@)\s?{_PROVIDER}{{1,16}}(?:\s?点\s?(?:com|cn|net|org))*|(?!(?i:app|wifi|sim)(?![a-z]))[A-Za-z][A-Za-z0-9._-]{{2,32}}"
)
ASKED_EMAIL = re.compile("邮箱|电子邮件")
"""Who says this wants to hear an e-mail address."""

_PROVINCES = "[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]"
_PLATE_CHAR = rf"\s?[A-HJ-NP-Za-hj-np-z{_DIGITS}]"
_PLATE = re.compile(rf"{_PROVINCES}\s?[A-HJ-NP-Za-hj-np-z][·.\s]?(?:{_PLATE_CHAR}){{4,6}}[挂学警港澳]?")
_PLATE_PART = re.compile(rf"{_PROVINCES}\s?[A-HJ-NP-Z](?![A-Za-z])|(?<![A-Za-z])(?:{_PLATE_CHAR}){{3,6}}")
_PLATE_HEAD = re.compile(rf"{_PROVINCES}[A-HJ-NP-Z](?=[，。…]|$)")
ASKED_PLATE = re.compile("车牌")
"""Who says this wants to hear a licence plate."""

_PASSPORT = re.compile(
    rf"(?:护照|通行证|台胞证|居留证|军官证|证件)(?:号码?)?(?:是|为|：)?(?P<number>[A-Z]{DIGIT}{{7,9}})"
)


def find_secrets(text: str, *, asked: Collection[PrivateKind]) -> Iterator[tuple[int, int, PrivateKind]]:
    """Characters [from, to) and kind; ``asked``: what the other party has just asked for. They may overlap."""
    has_code = False
    for found in _TOLD.finditer(text):
        has_code = True
        yield *_trimmed(text, *found.span("code")), "passcode"
    if has_code:
        for found in _OR.finditer(text):
            yield *_trimmed(text, *found.span("code")), "passcode"
    for pattern in (_EMAIL, _SPOKEN_EMAIL):
        for found in pattern.finditer(text):
            lead = len(found.group()) - len(found.group().lstrip())
            yield found.start() + lead, found.end(), "email"
    if "email" in asked:
        for found in _EMAIL_PART.finditer(text):
            yield *found.span(), "email"
    for found in _PLATE.finditer(text):
        yield *found.span(), "plate"
    if "plate" in asked:
        for found in _PLATE_PART.finditer(text):
            yield *found.span(), "plate"
    elif ASKED_PLATE.search(text):
        for found in _PLATE_HEAD.finditer(text):
            yield *found.span(), "plate"
    for found in _PASSPORT.finditer(text):
        yield *found.span("number"), "id_number"


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Without the pauses at the end."""
    while end > start and _TRAILING.match(text, end - 1):
        end -= 1
    return start, end
