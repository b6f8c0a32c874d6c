"""The tags of a playbook, and the clock of its hotline, from YAML."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import cast, get_args

import yaml

from assist.messages import TagTone
from assist.playbook.conditions import ON_FACTS, Scope, read_operators
from assist.playbook.model import Language
from assist.playbook.reader import Reader
from assist.playbook.tags import Tag

MAX_TAGS = 100
MAX_TITLE_CHARS = 16

UTC_OFFSETS_MIN: dict[Language, int] = {"zh-CN": 480, "en": 0}
"""Where the playbook says nothing: China has one time all the year."""

_UTC_OFFSET = re.compile(r"([+-])([01]\d):([0-5]\d)")


def tag_ids(node: yaml.Node) -> frozenset[str]:
    """Known before the tags are read: these may use named conditions, of which others may ask for tags."""
    items = cast("list[yaml.Node]", node.value) if isinstance(node, yaml.SequenceNode) else []
    pairs = (pair for item in items if isinstance(item, yaml.MappingNode) for pair in _pairs(item))
    return frozenset(str(value.value) for key, value in pairs if key.value == "id")


def _pairs(node: yaml.MappingNode) -> list[tuple[yaml.Node, yaml.Node]]:
    return cast("list[tuple[yaml.Node, yaml.Node]]", node.value)


def read_tags(node: yaml.Node, scope: Scope) -> tuple[Tag, ...]:
    """In the order of the file; their conditions know facts and nothing else."""
    reader = scope.reader
    tags: dict[str, Tag] = {}
    for item in reader.items(node, "tags", most=MAX_TAGS):
        fields = reader.fields(item, "tag", required=("id", "title"), optional=("tone", *ON_FACTS))
        tag_id = reader.name(fields["id"], "tag: id")
        what = f"tag {tag_id!r}"
        if tag_id in tags:
            raise reader.error(item, f"{what}: stands here twice")
        tone = reader.choice(fields["tone"], f"{what}: tone", get_args(TagTone)) if "tone" in fields else "plain"
        tags[tag_id] = Tag(
            tag_id,
            reader.text(fields["title"], f"{what}: title", most=MAX_TITLE_CHARS),
            cast(TagTone, tone),
            read_operators(item, fields, replace(scope, where=what, operators=ON_FACTS), "condition"),
        )
    return tuple(tags.values())


def read_utc_offset(node: yaml.Node, reader: Reader) -> int:
    """In minutes, from ``+08:00``."""
    match = _UTC_OFFSET.fullmatch(reader.text(node, "playbook: utc_offset"))
    if match is None:
        raise reader.error(node, "playbook: utc_offset: expected hours and minutes east of UTC, as +08:00")
    sign, hours, minutes = match.groups()
    return (int(hours) * 60 + int(minutes)) * (-1 if sign == "-" else 1)
