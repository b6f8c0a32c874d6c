"""From a playbook's text to a ``Playbook``, or to one PlaybookError that names file, line and field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import replace
from typing import cast, get_args

import yaml

from assist.errors import PlaybookError
from assist.playbook.conditions import (
    LISTENING_KEYS,
    OPERATORS,
    Scope,
    check_judges,
    check_subjects,
    read_conditions,
    read_listening,
    read_meanings,
    read_phrases,
    read_questions,
    unused_in,
)
from assist.playbook.etiquette import DEFAULT_ETIQUETTE, read_etiquette
from assist.playbook.experiments.reading import check_apart, read_general
from assist.playbook.filing import read_filings
from assist.playbook.lexicon import read_lexicon
from assist.playbook.model import AskedLabel, Language, Playbook, Rule, experiments_in
from assist.playbook.offers.catalogue import Catalogue
from assist.playbook.offers.reading import read_catalogue
from assist.playbook.operators.base import Operator
from assist.playbook.operators.judged import questions_in
from assist.playbook.phrase import Phrase
from assist.playbook.reader import Reader, digest_of, tag_of
from assist.playbook.rules import DEFAULT_MIN_CONFIDENCE, MAX_TITLE_CHARS, read_rules
from assist.playbook.tagging import UTC_OFFSETS_MIN, read_tags, read_utc_offset, tag_ids

MAX_PHRASES = 10_000


def parse_playbook(text: str, path: str = "") -> Playbook:
    """The playbook a YAML text describes.

    Raises PlaybookError with ``path``, the 1-based line and the field for the first thing that cannot be used; nothing
    is skipped or guessed.
    """
    return _read_playbook(text, Reader(path))


def check_playbook(text: str, path: str = "") -> tuple[Playbook | None, Sequence[PlaybookError]]:
    """The playbook, or all that is wrong with the text in the order of its lines.

    One complaint for each rule, phrase set and section: what stands beside it is read all the same.
    """
    complaints: list[PlaybookError] = []
    try:
        playbook = _read_playbook(text, Reader(path, complaints))
    except PlaybookError as error:
        playbook = None
        complaints.append(error)
    return None if complaints else playbook, sorted(complaints, key=lambda error: error.line or 0)


def _read_playbook(text: str, reader: Reader) -> Playbook:
    root = reader.compose(text)
    fields = reader.fields(
        root,
        "playbook",
        required=("name", "version", "title", "rules"),
        optional=(
            "language",
            "utc_offset",
            "etiquette",
            "experiments",
            "lexicon",
            "phrase_sets",
            "meanings",
            "questions",
            "conditions",
            "tags",
            "selling",
            "offers",
            "dispositions",
        ),
    )
    phrase_sets = _read_phrase_sets(fields["phrase_sets"], reader) if "phrase_sets" in fields else {}
    meanings = read_meanings(fields["meanings"], reader) if "meanings" in fields else {}
    questions = read_questions(fields["questions"], reader) if "questions" in fields else {}
    labels: list[AskedLabel] = []
    base = Scope(reader, OPERATORS, "rules", "any", DEFAULT_MIN_CONFIDENCE, phrase_sets, labels_asked=labels)
    base = replace(base, meanings=meanings, questions=questions)
    tags, etiquette, lexicon, catalogue, dispositions, general = (), DEFAULT_ETIQUETTE, (), None, (), None
    language = "zh-CN"
    if "language" in fields:
        language = reader.choice(fields["language"], "playbook: language", get_args(Language))
    language = cast(Language, language)
    base = replace(base, tags=tag_ids(fields["tags"]) if "tags" in fields else frozenset())
    if "conditions" in fields:
        base = replace(base, conditions=read_conditions(fields["conditions"], base))
    with reader.part():
        tags = read_tags(fields["tags"], base) if "tags" in fields else ()
    with reader.part():
        general = read_general(fields["experiments"], reader) if "experiments" in fields else None
    rules = read_rules(fields["rules"], base, general)
    states = {name for rule in rules for name in rule.sets}
    with reader.part():
        if "etiquette" in fields:
            etiquette = read_etiquette(fields["etiquette"], base, states)
    with reader.part():
        lexicon = read_lexicon(fields["lexicon"], reader) if "lexicon" in fields else ()
    with reader.part():
        catalogue = read_catalogue(fields, base, language, tags, rules, general)
        check_judges(base, None)
    with reader.part():
        dispositions = read_filings(fields["dispositions"], base, rules) if "dispositions" in fields else ()
    leaned_on = {name for name, _ in (*base.rules_asked, *base.subjects_asked)}
    rules = _always_shown(rules, leaned_on.union(*(filing.fired for filing in dispositions)))
    with reader.part():
        check_apart(experiments_in(rules, catalogue), reader)
    with reader.part():
        offered = () if catalogue is None else (offer.offer_id for offer in catalogue.offers)
        check_subjects(base.subjects_asked, {*_prompting(rules), *offered}, reader)
    utc_offset_min = UTC_OFFSETS_MIN[language]
    asked = {question.name for rule in rules for question in questions_in(rule.condition)}
    return Playbook(
        name=reader.name(fields["name"], "playbook: name"),
        version=_read_version(fields["version"], reader),
        title=reader.text(fields["title"], "playbook: title", most=MAX_TITLE_CHARS),
        language=language,
        phrases=_collect_phrases(root, reader, rules, catalogue),
        tags=tags,
        utc_offset_min=read_utc_offset(fields["utc_offset"], reader) if "utc_offset" in fields else utc_offset_min,
        rules=rules,
        catalogue=catalogue,
        etiquette=etiquette,
        lexicon=lexicon,
        labels=tuple(dict.fromkeys(labels)),
        unused_conditions=tuple(unused_in(base.conditions)),
        meanings=tuple(meanings.values()),
        questions=tuple(question for question in questions.values() if question.name in asked),
        dispositions=dispositions,
        digest=digest_of(root),
    )


def _always_shown(rules: Iterable[Rule], leaned_on: Set[str]) -> tuple[Rule, ...]:
    """What a flag or the filing of a call rests on is held out of no call where its prompt does not say so itself."""
    return tuple(
        replace(rule, prompt=rule.prompt.always_shown()) if rule.prompt and rule.rule_id in leaned_on else rule
        for rule in rules
    )


def _prompting(rules: Iterable[Rule]) -> Iterable[str]:
    return (rule.rule_id for rule in rules if rule.prompt is not None)


def _read_version(node: yaml.Node, reader: Reader) -> str:
    what = "playbook: version"
    return str(reader.integer(node, what)) if tag_of(node) == "int" else reader.text(node, what, most=32)


def _read_phrase_sets(node: yaml.Node, reader: Reader) -> dict[str, tuple[Phrase, ...]]:
    """Sets in the order of the file: one may use those above it."""
    sets: dict[str, tuple[Phrase, ...]] = {}
    for name, (key, value) in reader.entries(node, "phrase_sets").items():
        what = f"phrase set {name!r}"
        reader.name(key, what)
        with reader.part():
            sets[name] = _read_phrase_set(value, reader, what, sets)
        sets.setdefault(name, ())
    return sets


def _read_phrase_set(
    node: yaml.Node, reader: Reader, what: str, above: Mapping[str, tuple[Phrase, ...]]
) -> tuple[Phrase, ...]:
    fields: Mapping[str, yaml.Node] = {}
    if isinstance(node, yaml.MappingNode):
        fields = reader.fields(node, what, required=("phrases",), optional=LISTENING_KEYS)
        node = fields["phrases"]
    return read_listening(fields, reader, what, read_phrases(node, reader, what, above))


def _collect_phrases(
    root: yaml.Node, reader: Reader, rules: tuple[Rule, ...], catalogue: Catalogue | None
) -> tuple[Phrase, ...]:
    """Each text once, listened for as widely as the rule that is least strict about it asks."""
    operators: list[Operator] = [
        operator
        for rule in rules
        for operator in (rule.condition, *(withdrawal.condition for withdrawal in rule.withdrawals))
    ]
    if catalogue is not None:
        operators += catalogue.watches
    phrases: dict[str, Phrase] = {}
    for phrase in (phrase for operator in operators for phrase in operator.phrases):
        known = phrases.get(phrase.text)
        phrases[phrase.text] = phrase if known is None else known.widened(phrase)
    if len(phrases) > MAX_PHRASES:
        raise reader.error(root, f"playbook: {len(phrases)} different phrases, {MAX_PHRASES} at most")
    return tuple(phrases.values())
