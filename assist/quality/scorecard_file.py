"""Scorecards from YAML files, and the scorecards of a directory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast, get_args

import yaml

from assist.errors import NotFoundError, PlaybookError
from assist.playbook.file import read_playbook
from assist.playbook.reader import Reader
from assist.quality.scorecard import Item, Scorecard, Section, Silence

DIRECTORY = "scorecards"
"""Beside the playbooks."""
MAX_SECTIONS = 20
MAX_ITEMS = 100
MAX_RULES = 20
MAX_WEIGHT = 1_000
MAX_SCALE = 10
MAX_GUIDANCE_CHARS = 1_000


def parse_scorecard(text: str, path: str = "") -> Scorecard:
    """A scorecard from its text. Raises PlaybookError "bad-scorecard" with the line."""
    try:
        return _read(Reader(path), Reader(path).compose(text))
    except PlaybookError as error:
        raise PlaybookError(error.reason, code="bad-scorecard", path=path, line=error.line) from error


def _read(reader: Reader, root: yaml.Node) -> Scorecard:
    fields = reader.fields(root, "scorecard", required=("name", "version", "title", "playbook", "sections"))
    sections = tuple(
        _read_section(node, reader) for node in reader.items(fields["sections"], "sections", most=MAX_SECTIONS)
    )
    _require_different(reader, fields["sections"], "section", [section.section_id for section in sections])
    items = [item for section in sections for item in section.items]
    _require_different(reader, fields["sections"], "item", [item.item_id for item in items])
    if len(items) > MAX_ITEMS:
        raise reader.error(fields["sections"], f"a scorecard may have {MAX_ITEMS} items, found {len(items)}")
    if not any(item.weight for item in items):
        raise reader.error(fields["sections"], "no item has a weight above 0")
    return Scorecard(
        name=reader.name(fields["name"], "name"),
        version=_version(fields["version"], reader),
        title=reader.text(fields["title"], "title"),
        playbook=reader.name(fields["playbook"], "playbook"),
        sections=sections,
    )


def _read_section(node: yaml.Node, reader: Reader) -> Section:
    fields = reader.fields(node, "section", required=("id", "title", "items"))
    section_id = reader.name(fields["id"], "section: id")
    what = f"section {section_id!r}"
    return Section(
        section_id=section_id,
        title=reader.text(fields["title"], f"{what}: title"),
        items=tuple(
            _read_item(item, reader, what) for item in reader.items(fields["items"], f"{what}: items", most=MAX_ITEMS)
        ),
    )


def _read_item(node: yaml.Node, reader: Reader, what: str) -> Item:
    fields = reader.fields(
        node,
        f"{what}: item",
        required=("id", "title", "weight"),
        optional=("guidance", "scale", "critical", "rules", "silent"),
    )
    item_id = reader.name(fields["id"], f"{what}: item: id")
    what = f"item {item_id!r}"
    rules: tuple[str, ...] = ()
    if "rules" in fields:
        nodes = reader.items(fields["rules"], f"{what}: rules", most=MAX_RULES)
        rules = tuple(reader.name(rule, f"{what}: rules") for rule in nodes)
    if "silent" in fields and not rules:
        raise reader.error(fields["silent"], f"{what}: silent says what it means that its rules are, and it has none")
    return Item(
        item_id=item_id,
        title=reader.text(fields["title"], f"{what}: title"),
        guidance=_text(fields, "guidance", reader, what),
        weight=reader.integer(fields["weight"], f"{what}: weight", most=MAX_WEIGHT),
        scale=reader.integer(fields["scale"], f"{what}: scale", least=1, most=MAX_SCALE) if "scale" in fields else 1,
        is_critical="critical" in fields and reader.boolean(fields["critical"], f"{what}: critical"),
        rules=rules,
        silent=(
            cast(Silence, reader.choice(fields["silent"], f"{what}: silent", get_args(Silence)))
            if "silent" in fields
            else "judge"
        ),
    )


def _text(fields: dict[str, yaml.Node], key: str, reader: Reader, what: str) -> str:
    return reader.text(fields[key], f"{what}: {key}", most=MAX_GUIDANCE_CHARS) if key in fields else ""


def _version(node: yaml.Node, reader: Reader) -> str:
    """``version: 1`` is as good as ``version: "1"``."""
    if isinstance(node, yaml.ScalarNode) and node.tag.endswith(":int"):
        return str(reader.integer(node, "version", least=1))
    return reader.text(node, "version", most=32)


def _require_different(reader: Reader, node: yaml.Node, what: str, names: Sequence[str]) -> None:
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise reader.error(node, f"the {what} {twice!r} is there twice")


@dataclass(frozen=True, slots=True)
class ScorecardFile:
    """One file of the directory."""

    path: Path
    scorecard: Scorecard | None
    error: PlaybookError | None
    """Why it cannot be used."""


class Scorecards:
    """The scorecards of a directory, read when they are asked for; single thread."""

    def __init__(self, directory: Path, *, max_files: int = 100) -> None:
        self._directory = directory
        self._max_files = max_files

    def files(self) -> Sequence[ScorecardFile]:
        """Every file, by name; blocks for as long as reading them takes."""
        return [_file(path) for path in sorted(self._directory.glob("*.yaml"))[: self._max_files]]

    def named(self, name: str) -> Scorecard:
        """Raises NotFoundError "unknown-scorecard"."""
        return self._first(lambda card: card.name == name, f"No scorecard is called {name!r}.")

    def of_playbook(self, playbook: str) -> Scorecard:
        """The first that is for calls of a playbook, by the names of the files.

        Raises NotFoundError "unknown-scorecard".
        """
        return self._first(lambda card: card.playbook == playbook, f"No scorecard is for the playbook {playbook!r}.")

    def _first(self, is_it: Callable[[Scorecard], bool], message: str) -> Scorecard:
        found = next((file.scorecard for file in self.files() if file.scorecard and is_it(file.scorecard)), None)
        if found is None:
            raise NotFoundError(message, code="unknown-scorecard")
        return found


def _file(path: Path) -> ScorecardFile:
    try:
        return ScorecardFile(path, parse_scorecard(read_playbook(path), path.name), None)
    except PlaybookError as error:
        return ScorecardFile(path, None, error)
