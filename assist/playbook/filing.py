"""The section ``dispositions`` of a playbook."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import cast, get_args

import yaml

from assist.messages import CodeHalf, FilingCode, Verdict
from assist.playbook.conditions import Scope, read_party, read_phrases
from assist.playbook.dispositions import Filing
from assist.playbook.model import AskedLabel, Rule
from assist.playbook.reader import Reader, line_of

MAX_FILINGS = 100
MAX_TITLE_CHARS = 24


def read_filings(node: yaml.Node, scope: Scope, rules: Iterable[Rule]) -> tuple[Filing, ...]:
    """In the order of the file, which is that in which they are tried."""
    reader = scope.reader
    speaking: dict[str, Verdict | None] = {
        rule.rule_id: rule.flag.verdict if rule.flag else None for rule in rules if not rule.is_silent
    }
    filings: dict[tuple[CodeHalf, str], Filing] = {}
    for item in reader.items(node, "dispositions", most=MAX_FILINGS):
        with reader.part():
            filing = _read_filing(item, scope, speaking)
            key = (filing.code.half, filing.code.code)
            if key in filings:
                raise reader.error(item, f"disposition {filing.code.code!r}: stands here twice")
            filings[key] = filing
    return tuple(filings.values())


def _read_filing(node: yaml.Node, scope: Scope, speaking: Mapping[str, Verdict | None]) -> Filing:
    reader = scope.reader
    fields = reader.fields(
        node,
        "disposition",
        required=("code", "half", "title"),
        optional=("english", "intents", "phrases", "party", "fired"),
    )
    code = reader.name(fields["code"], "disposition: code")
    what = f"disposition {code!r}"
    title = reader.text(fields["title"], f"{what}: title", most=MAX_TITLE_CHARS)
    english = (
        reader.text(fields["english"], f"{what}: english", most=2 * MAX_TITLE_CHARS) if "english" in fields else ""
    )
    half = cast(CodeHalf, reader.choice(fields["half"], f"{what}: half", get_args(CodeHalf)))
    if "intents" in fields and half != "reason":
        raise reader.error(fields["intents"], f"{what}: intents: only a reason is filed by what the customer wants")
    if "party" in fields and "phrases" not in fields:
        raise reader.error(fields["party"], f"{what}: party: says who spoke the phrases, and there are none")
    party = read_party(fields["party"], reader, what) if "party" in fields else "any"
    phrases = read_phrases(fields["phrases"], reader, what, scope.phrase_sets) if "phrases" in fields else ()
    intents = _names(fields.get("intents"), reader, f"{what}: intents")
    scope.labels_asked.extend(AskedLabel("intent", intent, line_of(node)) for intent in intents)
    return Filing(
        code=FilingCode(half=half, code=code, zh=title, en=english or title),
        intents=frozenset(intents),
        phrases=tuple(phrase.text for phrase in phrases),
        party=None if party == "any" else party,
        fired={rule_id: speaking[rule_id] for rule_id in _rules(fields.get("fired"), reader, what, speaking)},
    )


def _rules(node: yaml.Node | None, reader: Reader, what: str, known: Iterable[str]) -> list[str]:
    names = _names(node, reader, f"{what}: fired")
    for name in names:
        if node is not None and name not in known:
            raise reader.error(node, f"{what}: fired: no rule {name!r} shows a prompt, gives a flag or notifies")
    return names


def _names(node: yaml.Node | None, reader: Reader, what: str) -> list[str]:
    """One, or a list."""
    if node is None:
        return []
    nodes = (node,) if isinstance(node, yaml.ScalarNode) else reader.items(node, what)
    return [reader.name(one, what) for one in nodes]
