"""Structured fields of HTTP (RFC 8941), as far as message signatures use them: dictionaries of items and lists."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Token:
    """A word without quotes."""

    text: str


BareItem = str | int | bool | bytes | Token
"""Decimals have no place in signatures and are refused."""
Parameters = tuple[tuple[str, BareItem], ...]


@dataclass(frozen=True, slots=True)
class Item:
    value: BareItem
    parameters: Parameters = ()


@dataclass(frozen=True, slots=True)
class InnerList:
    items: tuple[Item, ...]
    parameters: Parameters = ()


Member = Item | InnerList

_KEY: Final = re.compile(r"[a-z*][a-z0-9_.*-]*")
_STRING: Final = re.compile(r'"((?:[\x20-\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"')
_INTEGER: Final = re.compile(r"-?[0-9]{1,15}(?![0-9.])")
_BYTES: Final = re.compile(r":([A-Za-z0-9+/]*={0,2}):")
_BOOLEAN: Final = re.compile(r"\?([01])")
_TOKEN: Final = re.compile(r"[A-Za-z*][A-Za-z0-9:/!#$%&'*+.^_`|~-]*")
_OPENING: Final = re.compile(r"\(")
_CLOSING: Final = re.compile(r"\)")
_SEMICOLON: Final = re.compile(r";")
_COMMA: Final = re.compile(r",")
_EQUALS: Final = re.compile(r"=")
_SPACES: Final = re.compile(r" *")
_BLANKS: Final = re.compile(r"[ \t]*")


def read_dictionary(field: str) -> Mapping[str, Member]:
    """The members of a dictionary in their order. Raises ValueError for anything that RFC 8941 does not allow."""
    reader = _Reader(field)
    reader.take(_SPACES)
    members: dict[str, Member] = {}
    if reader.is_done:
        return members
    while True:
        key = reader.need(_KEY)[0]
        members.pop(key, None)
        members[key] = reader.member() if reader.take(_EQUALS) else Item(True, reader.parameters())
        reader.take(_BLANKS)
        if reader.is_done:
            return members
        reader.need(_COMMA)
        reader.take(_BLANKS)


def written(member: Member) -> str:
    """The canonical form of an item or an inner list."""
    parameters = "".join(
        f";{key}" if value is True else f";{key}={_written(value)}" for key, value in member.parameters
    )
    if isinstance(member, InnerList):
        return f"({' '.join(map(written, member.items))}){parameters}"
    return _written(member.value) + parameters


def _written(value: BareItem) -> str:
    match value:
        case bool():
            return f"?{value:d}"
        case int():
            return str(value)
        case str():
            return '"' + re.sub(r'(["\\])', r"\\\1", value) + '"'
        case bytes():
            return f":{b64encode(value).decode()}:"
        case Token():
            return value.text


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    @property
    def is_done(self) -> bool:
        return self._at == len(self._text)

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = pattern.match(self._text, self._at)
        if found is not None:
            self._at = found.end()
        return found

    def need(self, pattern: re.Pattern[str]) -> re.Match[str]:
        found = self.take(pattern)
        if found is None:
            raise ValueError(f"unexpected at character {self._at}")
        return found

    def member(self) -> Member:
        if not self.take(_OPENING):
            return self._item()
        items: list[Item] = []
        while True:
            blanks = self.need(_SPACES)[0]
            if self.take(_CLOSING):
                return InnerList(tuple(items), self.parameters())
            if items and not blanks:
                raise ValueError("items of a list need a space between them")
            items.append(self._item())

    def _item(self) -> Item:
        return Item(self._bare_item(), self.parameters())

    def parameters(self) -> Parameters:
        found: dict[str, BareItem] = {}
        while self.take(_SEMICOLON):
            self.take(_SPACES)
            key = self.need(_KEY)[0]
            if key in found:
                raise ValueError("a parameter is given twice")
            found[key] = self._bare_item() if self.take(_EQUALS) else True
        return tuple(found.items())

    def _bare_item(self) -> BareItem:
        if found := self.take(_STRING):
            return re.sub(r"\\(.)", r"\1", found[1])
        if found := self.take(_INTEGER):
            return int(found[0])
        if found := self.take(_BYTES):
            return b64decode(found[1] + "=" * (-len(found[1]) % 4))
        if found := self.take(_BOOLEAN):
            return found[1] == "1"
        return Token(self.need(_TOKEN)[0])
