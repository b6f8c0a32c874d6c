"""Reading YAML with a place for every complaint: node trees, never constructed objects."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Collection, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, cast

import yaml

from assist.errors import PlaybookError

MAX_PLAYBOOK_BYTES = 1024 * 1024
MAX_DEPTH = 24
MAX_TEXT_CHARS = 500

_TAG = "tag:yaml.org,2002:"
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,63}")


@dataclass(frozen=True, slots=True)
class Reader:
    """Typed access to the nodes of one file; everything it cannot use is a PlaybookError with its line."""

    path: str
    complaints: list[PlaybookError] | None = None
    """Where complaints are gathered that leave the rest readable; None: the first one ends the reading."""

    @contextmanager
    def part(self) -> Generator[None]:
        """A part of the file that the others can be read without."""
        try:
            yield
        except PlaybookError as error:
            if self.complaints is None:
                raise
            if error not in self.complaints:  # a named condition that cannot be read is told once
                self.complaints.append(error)

    def compose(self, text: str) -> yaml.Node:
        """The document as a tree of nodes; without aliases, custom tags, deep nesting or great size."""
        if len(text.encode("utf-8", "replace")) > MAX_PLAYBOOK_BYTES:
            raise PlaybookError(f"a playbook may have {MAX_PLAYBOOK_BYTES} bytes at most; split it", path=self.path)
        try:
            node = _compose(text)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = mark.line + 1 if mark is not None else None
            raise PlaybookError(f"not YAML: {error.problem or error.context}", path=self.path, line=line) from error
        except (yaml.YAMLError, ValueError, OverflowError) as error:
            raise PlaybookError("not YAML: it holds characters that YAML does not allow", path=self.path) from error
        if node is None:
            raise PlaybookError("the file is empty; a playbook needs name, version, title and rules", path=self.path)
        return node

    def error(self, node: yaml.Node, message: str) -> PlaybookError:
        """A complaint about a node, to be raised."""
        return PlaybookError(message, path=self.path, line=line_of(node))

    def fields(
        self, node: yaml.Node, what: str, *, required: Collection[str] = (), optional: Collection[str] = ()
    ) -> dict[str, yaml.Node]:
        """The values of a mapping by key; unknown, repeated and missing keys are refused."""
        fields = self.entries(node, what)
        known = (*required, *optional)
        for key, (key_node, _) in fields.items():
            if key not in known:
                near = get_close_matches(key, known, n=1)
                hint = f"; did you mean {near[0]!r}?" if near else f"; known are {', '.join(sorted(known))}"
                raise self.error(key_node, f"{what}: unknown key {key!r}{hint}")
        for key in required:
            if key not in fields:
                raise self.error(node, f"{what}: the key {key!r} is missing")
        return {key: value for key, (_, value) in fields.items()}

    def entries(self, node: yaml.Node, what: str) -> dict[str, tuple[yaml.Node, yaml.Node]]:
        """Key and value nodes of a mapping with any keys, each once."""
        if not isinstance(node, yaml.MappingNode):
            raise self.error(node, f"{what}: expected keys and values")
        entries: dict[str, tuple[yaml.Node, yaml.Node]] = {}
        for key_node, value in cast("list[tuple[yaml.Node, yaml.Node]]", node.value):
            key = self.text(key_node, f"{what}: key")
            if key in entries:
                raise self.error(key_node, f"{what}: the key {key!r} stands here twice")
            entries[key] = (key_node, value)
        return entries

    def items(self, node: yaml.Node, what: str, *, least: int = 1, most: int = 10_000) -> Sequence[yaml.Node]:
        """The nodes of a list."""
        if not isinstance(node, yaml.SequenceNode):
            raise self.error(node, f"{what}: expected a list")
        items = cast("list[yaml.Node]", node.value)
        if not least <= len(items) <= most:
            raise self.error(node, f"{what}: expected {least} to {most} entries, found {len(items)}")
        return items

    def text(self, node: yaml.Node, what: str, *, most: int = MAX_TEXT_CHARS) -> str:
        """Text of 1 to ``most`` characters without control characters."""
        value = self._scalar(node, what, "str", "text (put it in quotes)").strip()
        if not value or len(value) > most:
            raise self.error(node, f"{what}: expected 1 to {most} characters, found {len(value)}")
        if any(unicodedata.category(char) in ("Cc", "Cs", "Cn") for char in value):
            raise self.error(node, f"{what}: control characters are not allowed")
        return value

    def name(self, node: yaml.Node, what: str) -> str:
        """What people call a part of a playbook, and rules refer to."""
        name = self.text(node, what)
        if not _NAME.fullmatch(name):
            raise self.error(node, f"{what}: expected small letters, digits, - and _, beginning with a letter")
        return name

    def choice(self, node: yaml.Node, what: str, choices: Collection[str]) -> str:
        """One of some words."""
        value = self.text(node, what)
        if value not in choices:
            raise self.error(node, f"{what}: expected one of {', '.join(sorted(choices))}; found {value!r}")
        return value

    def integer(self, node: yaml.Node, what: str, *, least: int = 0, most: int = 86_400_000) -> int:
        """A whole number within bounds, in decimal digits."""
        value = self._scalar(node, what, "int", "a whole number")
        digits = value.removeprefix("-") if least < 0 else value
        if not (digits.isascii() and digits.isdigit()) or len(value) > 12 or not least <= int(value) <= most:
            raise self.error(node, f"{what}: expected a whole number from {least} to {most}")
        return int(value)

    def fraction(self, node: yaml.Node, what: str) -> float:
        """A number from 0 to 1."""
        kind = "int" if tag_of(node) == "int" else "float"
        value = self._scalar(node, what, kind, "a number from 0 to 1")
        try:
            number = float(value)
        except ValueError:
            number = -1.0
        if not 0 <= number <= 1:
            raise self.error(node, f"{what}: expected a number from 0 to 1")
        return number

    def number(self, node: yaml.Node, what: str) -> float:
        """A number, whole or not, of at most nine digits before the point."""
        kind = "int" if tag_of(node) == "int" else "float"
        value = self._scalar(node, what, kind, "a number")
        if abs(float(value)) >= 1e9:
            raise self.error(node, f"{what}: expected a number below 1,000,000,000")
        return float(value)

    def boolean(self, node: yaml.Node, what: str) -> bool:
        """true or false."""
        value = self._scalar(node, what, "bool", "true or false")
        return value == "true"

    def _scalar(self, node: yaml.Node, what: str, tag: str, expected: str) -> str:
        if not isinstance(node, yaml.ScalarNode) or tag_of(node) != tag:
            raise self.error(node, f"{what}: expected {expected}")
        return cast(str, node.value)


def tag_of(node: yaml.Node) -> str:
    """The YAML type of a node: "str", "int", "bool", "map" …"""
    return node.tag.removeprefix(_TAG)


def line_of(node: yaml.Node) -> int:
    """1-based."""
    return cast(int, node.start_mark.line) + 1


def digest_of(node: yaml.Node) -> str:
    """sha256 over the content in hex: comments, layout, quoting and the order of keys do not count."""
    return hashlib.sha256(json.dumps(_canonical(node)).encode("ascii")).hexdigest()


def _canonical(node: yaml.Node) -> list[object]:
    if isinstance(node, yaml.MappingNode):
        pairs = cast("list[tuple[yaml.Node, yaml.Node]]", node.value)
        content = [[_canonical(key), _canonical(value)] for key, value in pairs]
        return ["map", sorted(content, key=json.dumps)]
    if isinstance(node, yaml.SequenceNode):
        return ["seq", [_canonical(item) for item in cast("list[yaml.Node]", node.value)]]
    return [node.tag, node.value]


class _Loader(yaml.SafeLoader):
    """Composes plain trees only: no aliases (bombs), no anchors, bounded depth, and the few types of YAML 1.2."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        event: Any = cast(Any, self).peek_event()
        if event.anchor is not None:
            raise yaml.MarkedYAMLError(problem="anchors and aliases are not allowed", problem_mark=event.start_mark)
        if self.depth >= MAX_DEPTH:
            raise yaml.MarkedYAMLError(problem=f"nested deeper than {MAX_DEPTH} levels", problem_mark=event.start_mark)
        self.depth += 1
        try:
            return cast(Any, super()).compose_node(parent, index)
        finally:
            self.depth -= 1


_PLAIN_TYPES = {
    "null": (r"~|null|", ["~", "n", ""]),
    "bool": (r"true|false", ["t", "f"]),
    "int": (r"[-+]?[0-9]+", list("-+0123456789")),
    "float": (r"[-+]?[0-9]*\.[0-9]+", list("-+.0123456789")),
}
cast(Any, _Loader).yaml_implicit_resolvers = {}  # instead of YAML 1.1's, where no is false and 12:30 is 750
for _type, (_pattern, _first) in _PLAIN_TYPES.items():
    cast(Any, _Loader).add_implicit_resolver(_TAG + _type, re.compile(f"(?:{_pattern})$"), _first)


def _compose(text: str) -> yaml.Node | None:
    loader = _Loader(text)
    try:
        return loader.get_single_node()
    finally:
        cast(Any, loader).dispose()
