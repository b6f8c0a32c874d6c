"""The catalogue of offers, and what selling listens for, from YAML."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Literal, cast, get_args

import yaml

from assist.errors import PlaybookError
from assist.playbook.cases.reading import read_cases
from assist.playbook.conditions import ON_FACTS, OPERATORS, Scope, read_operators, read_state_value
from assist.playbook.etiquette import check_states
from assist.playbook.experiments import Experiment, GeneralHoldOut, Subject
from assist.playbook.experiments.reading import read_experiment
from assist.playbook.model import AskedLabel, Language, Rule
from assist.playbook.moment import StateValue
from assist.playbook.offers import defaults
from assist.playbook.offers.catalogue import (
    TURNING,
    AgentMode,
    Bonus,
    Catalogue,
    Manners,
    Need,
    Offer,
    Per,
    Price,
    Reaction,
    Wording,
)
from assist.playbook.offers.own import marks_of
from assist.playbook.operators.base import Operator
from assist.playbook.reader import Reader, line_of
from assist.playbook.tags import Tag

MAX_OFFERS = 500
MAX_NEEDS = 200
MAX_REACTIONS = 20
"""Of a playbook's own."""
MAX_TEXTS = 12
MAX_WORDINGS = 4
MAX_TITLE_CHARS = 24
MAX_TEXT_CHARS = 200
MAX_WEIGHT = 10
MAX_POINTS = 100.0

SELLING_KEYS = ("needs", "asks", "reactions", "said", "only_while", "max_offers", "min_gap_ms", "expires_ms")
NEED_KEYS = ("id", "title", "request", "early")
REACTION_KEYS = ("title", "early")
OFFER_KEYS = (
    "id",
    "title",
    "product",
    "needs",
    "wordings",
    "price",
    "eligible",
    "excluded",
    "propensity",
    "selling_points",
    "objections",
    "cheaper",
    "terms",
    "after_refusal",
    "cases",
    "experiment",
)
_REQUIRED = OFFER_KEYS[:5]

ABOUT_CUSTOMERS = {**ON_FACTS, "tag": OPERATORS["tag"]}
"""What conditions on customers are made of."""


def read_catalogue(
    fields: Mapping[str, yaml.Node],
    base: Scope,
    language: Language,
    tags: Iterable[Tag],
    rules: Sequence[Rule],
    general: GeneralHoldOut | None,
) -> Catalogue | None:
    """Of the sections ``selling`` and ``offers`` of a playbook; cases of its rules name these offers."""
    selling, offers, reader = fields.get("selling"), fields.get("offers"), base.reader
    scope = replace(base, where="selling", states_asked=[])
    catalogue = None
    if selling is not None and offers is not None:
        catalogue = _read_catalogue(selling, offers, scope, language, {tag.tag_id: tag.title for tag in tags}, general)
        check_states(scope.states_asked, {name for rule in rules for name in rule.sets}, reader)
    elif selling is not None or offers is not None:
        node, missing = (offers, "selling") if offers is not None else (selling, "offers")
        raise reader.error(cast(yaml.Node, node), f"playbook: the section {missing!r} is missing; both are needed")
    for offer in () if catalogue is None else catalogue.offers:
        base.labels_asked.extend(AskedLabel(*asked, case.line) for case in offer.cases for asked in case.labels)
    _check_names(catalogue, rules, reader)
    return catalogue


def _check_names(catalogue: Catalogue | None, rules: Sequence[Rule], reader: Reader) -> None:
    """Offers have ids that no rule has, and cases name offers that there are."""
    offers = () if catalogue is None else catalogue.offers
    lines = {rule.rule_id: rule.line for rule in rules}
    known = {offer.offer_id for offer in offers}
    for offer in offers:
        if offer.offer_id in lines:
            message = f"offer {offer.offer_id!r}: a rule has this id, in line {lines[offer.offer_id]}"
            raise PlaybookError(message, path=reader.path, line=offer.line)
    if reader.complaints:
        return  # an offer that could not be read may be the one
    for case in (case for owner in (*rules, *offers) for case in owner.cases):
        for offer_id in (*case.offered, *case.not_offered):
            if offer_id not in known:
                message = f"case: no offer {offer_id!r}; known are {', '.join(sorted(known)) or 'none'}"
                raise PlaybookError(message, path=reader.path, line=case.line)


def _read_catalogue(
    selling: yaml.Node,
    offers: yaml.Node,
    scope: Scope,
    language: Language,
    tag_titles: Mapping[str, str],
    general: GeneralHoldOut | None,
) -> Catalogue:
    reader = scope.reader
    fields = reader.fields(selling, "selling", required=("needs",), optional=SELLING_KEYS)
    needs = _read_needs(fields["needs"], scope)
    reactions = _read_reactions(fields.get("reactions"), scope, language)
    by_id: dict[str, Offer] = {}
    for item in reader.items(offers, "offers", most=MAX_OFFERS):
        with reader.part():
            offer = _OfferFields(item, scope, needs, reactions).read(general)
            if offer.offer_id in by_id:
                first = by_id[offer.offer_id].line
                raise reader.error(item, f"offer {offer.offer_id!r}: the id is already taken in line {first}")
            _check_cheaper(item, offer, by_id, reader)
            by_id[offer.offer_id] = offer
    return Catalogue(
        offers=tuple(by_id.values()),
        needs=tuple(needs.values()),
        reactions=tuple(reactions.values()),
        manners=_read_manners(fields, scope),
        tag_titles=tag_titles,
        marks=marks_of(
            {offer.offer_id: offer.title for offer in by_id.values()},
            {
                offer.offer_id: [*(wording.text for wording in offer.wordings), *offer.selling_points]
                for offer in by_id.values()
            },
        ),
    )


def _read_needs(node: yaml.Node, scope: Scope) -> dict[str, Need]:
    """By id; what they listen for is the customer's words unless they say otherwise."""
    reader, needs = scope.reader, dict[str, Need]()
    scope = scope.of("customer")
    for item in reader.items(node, "selling: needs", most=MAX_NEEDS):
        fields = reader.fields(item, "need", required=("id", "title"), optional=(*NEED_KEYS, "party", *OPERATORS))
        need_id = reader.name(fields["id"], "need: id")
        where = f"need {need_id!r}"
        if need_id in needs:
            raise reader.error(item, f"{where}: stands here twice")
        is_request = "request" in fields and reader.boolean(fields["request"], f"{where}: request")
        is_early = "early" in fields and reader.boolean(fields["early"], f"{where}: early")
        if is_early and not is_request:
            raise reader.error(fields["early"], f"{where}: early: only what a customer asks for can be early")
        needs[need_id] = Need(
            need_id,
            reader.text(fields["title"], f"{where}: title", most=MAX_TITLE_CHARS),
            read_operators(item, fields, replace(scope, where=where), "condition"),
            is_request,
            is_early,
        )
    return needs


def _read_reactions(node: yaml.Node | None, scope: Scope, language: Language) -> dict[str, Reaction]:
    """Those that everybody has, listened for as the playbook says, and then its own."""
    reactions = defaults.reactions(scope.min_confidence, language)
    if node is None:
        return reactions
    reader = scope.reader
    entries = reader.entries(node, "selling: reactions")
    for name, (key, value) in entries.items():
        where = f"reaction {reader.name(key, 'reaction')!r}"
        known = reactions.get(name)
        required = () if known is not None else ("title",)
        fields = reader.fields(value, where, required=required, optional=(*REACTION_KEYS, "party", *OPERATORS))
        title = known.title if known is not None else ""
        if "title" in fields:
            title = reader.text(fields["title"], f"{where}: title", most=MAX_TITLE_CHARS)
        is_early = "early" in fields and reader.boolean(fields["early"], f"{where}: early")
        if is_early and name in TURNING:
            raise reader.error(fields["early"], f"{where}: early: only what is answered can be early")
        condition = read_operators(value, fields, replace(scope.of("customer"), where=where), "condition")
        reactions[name] = Reaction(name, title, condition, is_early)
    if len(reactions) > len(defaults.TITLES[language]) + MAX_REACTIONS:
        raise reader.error(node, f"selling: reactions: {MAX_REACTIONS} of your own at most")
    return reactions


def _read_manners(fields: Mapping[str, yaml.Node], scope: Scope) -> Manners:
    reader = scope.reader

    def integer(key: str, default: int, *, least: int = 0, most: int = 3_600_000) -> int:
        return reader.integer(fields[key], f"selling: {key}", least=least, most=most) if key in fields else default

    def condition(key: str, party: Literal["agent", "customer"], default: Operator) -> Operator:
        if key not in fields:
            return default
        where = replace(scope.of(party), where="selling")
        found = reader.fields(fields[key], f"selling: {key}", optional=("party", *OPERATORS))
        return read_operators(fields[key], found, where, key)

    only_while: dict[str, StateValue] | None = None
    if "only_while" in fields:
        entries = reader.entries(fields["only_while"], "selling: only_while")
        scope.states_asked.extend((name, key) for name, (key, _) in entries.items())
        only_while = {name: read_state_value(value, reader, f"selling: {name}") for name, (_, value) in entries.items()}
    return Manners(
        only_while=only_while,
        settled=defaults.settled(scope.min_confidence),
        reopened=defaults.reopened(scope.min_confidence),
        asks=condition("asks", "customer", defaults.NEVER),
        said=condition("said", "agent", defaults.said(scope.min_confidence)),
        max_offers=integer("max_offers", 2, least=1, most=20),
        min_gap_ms=integer("min_gap_ms", 60_000),
        expires_ms=integer("expires_ms", 40_000, least=1_000),
    )


def _check_cheaper(node: yaml.Node, offer: Offer, above: Mapping[str, Offer], reader: Reader) -> None:
    """Prices have to fall, so that no two offers can be each other's cheaper one."""
    if offer.cheaper is None:
        return
    where = f"offer {offer.offer_id!r}: cheaper"
    cheaper = above.get(offer.cheaper)
    if cheaper is None:
        known = ", ".join(sorted(above)) or "none"
        raise reader.error(node, f"{where}: no offer {offer.cheaper!r} stands above it; those that do are {known}")
    price, other = offer.price, cheaper.price
    if price is None or other is None or other.per != price.per or other.amount >= price.amount:
        raise reader.error(node, f"{where}: {offer.cheaper!r} is not cheaper; both need a price for the same time")


class _OfferFields:
    """The fields of one offer."""

    def __init__(
        self, node: yaml.Node, scope: Scope, needs: Mapping[str, Need], reactions: Mapping[str, Reaction]
    ) -> None:
        reader = scope.reader
        self._node = node
        self._fields = reader.fields(node, "offer", required=_REQUIRED, optional=OFFER_KEYS)
        self._offer_id = reader.name(self._fields["id"], "offer: id")
        self._where = f"offer {self._offer_id!r}"
        self._reader = reader
        self._scope = replace(scope, where=self._where, operators=ABOUT_CUSTOMERS)
        self._needs = needs
        self._reactions = reactions

    def read(self, general: GeneralHoldOut | None) -> Offer:
        fields, reader = self._fields, self._reader
        propensity, bonuses = self._propensity()
        after_refusal = "after_refusal" in fields and reader.boolean(
            fields["after_refusal"], self._name("after_refusal")
        )
        cases = (
            read_cases(fields["cases"], reader, self._where, has_flag=False, meanings=self._scope.meanings)
            if "cases" in fields
            else ()
        )
        return Offer(
            offer_id=self._offer_id,
            title=reader.text(fields["title"], self._name("title"), most=MAX_TITLE_CHARS),
            product=reader.name(fields["product"], self._name("product")),
            price=self._price(),
            needs=self._answers(),
            eligible=self._condition("eligible"),
            excluded=self._condition("excluded"),
            wordings=self._wordings(),
            selling_points=self._texts("selling_points"),
            objections=self._objections(),
            cheaper=reader.text(fields["cheaper"], self._name("cheaper")) if "cheaper" in fields else None,
            propensity=propensity,
            bonuses=bonuses,
            terms=self._texts("terms"),
            after_refusal=after_refusal,
            line=line_of(self._node),
            cases=cases,
            experiment=self._experiment(general),
        )

    def _experiment(self, general: GeneralHoldOut | None) -> Experiment | None:
        subject = Subject(self._offer_id, "offer")
        return read_experiment(
            self._fields.get("experiment"), self._reader, self._where, subject=subject, general=general
        )

    def _answers(self) -> dict[str, int]:
        entries = self._reader.entries(self._fields["needs"], self._name("needs"))
        if not entries:
            raise self._reader.error(self._fields["needs"], f"{self._name('needs')}: expected a need and its weight")
        for need_id, (key, _) in entries.items():
            if need_id not in self._needs:
                known = ", ".join(sorted(self._needs))
                raise self._reader.error(key, f"{self._name('needs')}: no need {need_id!r}; known are {known}")
        return {
            need_id: self._reader.integer(value, f"{self._name('needs')}: {need_id}", least=1, most=MAX_WEIGHT)
            for need_id, (_, value) in entries.items()
        }

    def _price(self) -> Price | None:
        node = self._fields.get("price")
        if node is None:
            return None
        what = self._name("price")
        fields = self._reader.fields(node, what, required=("amount",), optional=("per",))
        amount = self._reader.number(fields["amount"], f"{what}: amount")
        if amount < 0:
            raise self._reader.error(fields["amount"], f"{what}: amount: expected 0 or more")
        per = self._reader.choice(fields["per"], f"{what}: per", get_args(Per)) if "per" in fields else "once"
        return Price(amount, cast(Per, per))

    def _condition(self, key: str) -> Operator | None:
        node = self._fields.get(key)
        if node is None:
            return None
        fields = self._reader.fields(node, self._name(key), optional=tuple(ABOUT_CUSTOMERS))
        return read_operators(node, fields, self._scope, key)

    def _wordings(self) -> tuple[Wording, ...]:
        what, reader = self._name("wordings"), self._reader
        wordings: dict[str, Wording] = {}
        for item in reader.items(self._fields["wordings"], what, most=MAX_WORDINGS):
            fields = reader.fields(item, what, required=("id", "text"), optional=("mode", "reaction"))
            wording_id = reader.name(fields["id"], f"{what}: id")
            if wording_id in wordings:
                raise reader.error(item, f"{what}: {wording_id!r} stands here twice")
            mode = reader.choice(fields["mode"], f"{what}: mode", get_args(AgentMode)) if "mode" in fields else None
            reaction = self._reaction(fields["reaction"], what) if "reaction" in fields else None
            text = reader.text(fields["text"], f"{what}: text", most=MAX_TEXT_CHARS)
            wordings[wording_id] = Wording(wording_id, text, cast("AgentMode | None", mode), reaction)
        if not any(wording.mode is None and wording.reaction is None for wording in wordings.values()):
            raise reader.error(self._fields["wordings"], f"{what}: one has to be without mode and reaction, for all")
        return tuple(wordings.values())

    def _objections(self) -> dict[str, str]:
        node = self._fields.get("objections")
        if node is None:
            return {}
        what = self._name("objections")
        return {
            self._reaction(key, what): self._reader.text(value, f"{what}: {name}", most=MAX_TEXT_CHARS)
            for name, (key, value) in self._reader.entries(node, what).items()
        }

    def _reaction(self, node: yaml.Node, what: str) -> str:
        answered = [name for name in self._reactions if name not in TURNING]
        return self._reader.choice(node, f"{what}: reaction", answered)

    def _propensity(self) -> tuple[float, tuple[Bonus, ...]]:
        """A number, or a number for everybody and more for some."""
        node, what = self._fields.get("propensity"), self._name("propensity")
        if node is None:
            return 0.0, ()
        if not isinstance(node, yaml.MappingNode):
            return self._points(node, what), ()
        fields = self._reader.fields(node, what, optional=("base", "add"))
        base = self._points(fields["base"], f"{what}: base") if "base" in fields else 0.0
        items: Sequence[yaml.Node] = ()
        if "add" in fields:
            items = self._reader.items(fields["add"], f"{what}: add", most=MAX_TEXTS)
        return base, tuple(self._bonus(item, what) for item in items)

    def _bonus(self, node: yaml.Node, what: str) -> Bonus:
        fields = self._reader.fields(node, f"{what}: add", required=("points",), optional=tuple(ABOUT_CUSTOMERS))
        condition = read_operators(node, fields, self._scope, "propensity: add")
        return Bonus(condition, self._points(fields["points"], f"{what}: points"))

    def _points(self, node: yaml.Node, what: str) -> float:
        points = self._reader.number(node, what)
        if abs(points) > MAX_POINTS:
            raise self._reader.error(node, f"{what}: expected a number from -{MAX_POINTS:g} to {MAX_POINTS:g}")
        return points

    def _texts(self, key: str) -> tuple[str, ...]:
        node = self._fields.get(key)
        if node is None:
            return ()
        what = self._name(key)
        items = self._reader.items(node, what, most=MAX_TEXTS)
        return tuple(self._reader.text(item, what, most=MAX_TEXT_CHARS) for item in items)

    def _name(self, key: str) -> str:
        return f"{self._where}: {key}"
