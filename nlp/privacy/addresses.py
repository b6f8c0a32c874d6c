"""Addresses: from street, estate or village down to the door."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nlp.entities.numbers import DIGIT
from nlp.entities.pattern import any_of
from nlp.entities.regions import REGIONS

_NUMERAL = "[零〇幺一二两三四五六七八九十百千0-9]"
_STRETCH = re.compile(r"[^，。？！、；：\s在是到住从往寄送址的了过我您你们这那就把改装写给去来说叫]{2,60}")
"""Characters that stand in an address, pauses apart."""
_ELEMENT = re.compile(
    rf"(?P<door>(?:(?<=[路街道巷])[甲乙丙])?(?:{_NUMERAL}{{1,8}}(?:号院|号楼|[号弄栋幢座楼室层院户舍组队排门]|单元)|[A-Za-z]座)"
    rf"(?:{DIGIT}{{3,4}}(?!{_NUMERAL}|[元块分兆]))?室?)"
    rf"|(?P<known>(?:{any_of([name for name in REGIONS if len(name) > 1])})[省市]?)"
    "|(?P<place>大道|大街|小区|花园|花苑|家园|名苑|新村|公寓|大厦|广场|产业园|创意园|新城|社区|巷|胡同|弄堂|[路街村庄屯寨苑里城]"
    "|[一二三四五六七八]村)(?:[东南西北中]段|[一二三四五]期|[东南西北]区)?"
    "|(?P<region>[省市县区镇乡]|街道)"
)
_NAME_CHARS = {"place": 6, "region": 3, "known": 0, "door": 0}
"""So many characters before an element are its name."""
_GAP_CHARS = 9
"""Between two elements of one address."""
_PARTS = re.compile(r"^(?:[家老上]|快递|单位|公司|师傅|宽带|店开|开|家里)+(?=.{2})")
"""What may stand before a name and is none of it."""

_HOME = re.compile(
    r"(?:住在?|家在|家里在|地址[是写为]?|住址是?|寄到|送到|装在|搬到|移机到|老家是?|收货地址|单位在|公司在|店开在|停在|我们这儿是)[，：]?$"
)
_HERE = re.compile(r"(?:我在|从|就是|改成|跑到|来过|到)$")
_NO_PLACES = re.compile(
    r"高速|半路|一路|[了就不能]走|多路|条路|线路|电路|网路|思路|退路|出路|后路|路由|光路|短路|路上|路口|网点|基站|营业厅|万兆|端口|频道"
    r"|套餐|哪|什么|叫啥|小区门|城里|城区|家里|那里|这里|村里|市里|市场|城市|农村|区别|地区|夜里|心里|手里|卡里|里面|里头|公里|话里|[没新那这个]小区|心城"
)
_FLOOR = re.compile(rf"{_NUMERAL}{{1,3}}[楼层]")
_PUBLIC = re.compile(r"上?(?:营业厅|网点|门店|服务站)|上|口|由器")
ASKED = re.compile("地址|住址|住在哪|门牌|哪里装|什么位置|送到哪|寄到哪|哪个小区|几号楼")
"""Who says this wants to hear an address."""


@dataclass(frozen=True, slots=True)
class _Element:
    kind: str
    start: int
    end: int


def find_addresses(text: str, *, is_asked: bool) -> Iterator[tuple[int, int]]:
    """Characters [from, to) in text order; ``is_asked``: the other party has just asked for an address.

    Takes time in proportion to the text.
    """
    for stretch in _STRETCH.finditer(text):
        for elements in _together(text, *stretch.span()):
            start, end = _start(text, stretch.start(), elements[0]), elements[-1].end
            if _is_address(text, start, end, elements, is_asked=is_asked):
                yield start, end


def _together(text: str, start: int, end: int) -> Iterator[list[_Element]]:
    """Elements of a stretch that are near each other; a row of regions without anything in them is left out."""
    near: list[_Element] = []
    for found in _ELEMENT.finditer(text, start, end):
        element = _Element(found.lastgroup or "", *found.span())
        if near and element.start - near[-1].end > _GAP_CHARS:
            yield near
            near = []
        near.append(element)
    if near:
        yield near


def _start(text: str, least: int, first: _Element) -> int:
    """Where the name of the first element begins."""
    start = max(least, first.start - _NAME_CHARS[first.kind])
    found = _PARTS.match(text[start : first.end])
    return start + found.end() if found and start + found.end() < first.start else start


def _is_address(text: str, start: int, end: int, elements: Sequence[_Element], *, is_asked: bool) -> bool:
    kinds = [element.kind for element in elements]
    doors = kinds.count("door")
    has_place = "place" in kinds
    has_name = any(element.kind == "place" and element.start > start for element in elements) or "region" in kinds
    if _NO_PLACES.search(text[start : end + 1]) or _PUBLIC.match(text, end):
        return False
    if doors and has_place and has_name and kinds.index("place") < len(kinds) - 1 - kinds[::-1].index("door"):
        return True
    if is_asked and not text.rstrip("。").endswith(("？", "吗", "呢")):
        return (bool(doors) and not _FLOOR.fullmatch(text[start:end])) or (has_place and has_name)
    if not has_place:
        return doors > 1 or (kinds[-1] == "door" and _is_inside(text[elements[-1].start : end]))
    before = text[:start]
    if _HOME.search(before):
        return has_name
    return has_name and _HERE.search(before) is not None and "村" in text[start:end]


def _is_inside(door: str) -> bool:
    """Whether a door is told with its building: 六栋幺四零二."""
    return re.fullmatch(rf"{_NUMERAL}{{1,8}}(?:[栋幢座]|号楼){DIGIT}{{3,4}}室?", door) is not None
