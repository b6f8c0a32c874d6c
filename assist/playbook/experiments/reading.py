"""Experiments from YAML."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast, get_args

import yaml

from assist.errors import PlaybookError
from assist.playbook.experiments.experiment import MEASURES, Allocation, Experiment, Measure, Variant
from assist.playbook.experiments.general import GeneralHoldOut, Subject
from assist.playbook.reader import Reader

DEFAULT_HOLD_OUT = 0.1
MAX_HOLD_OUT = 0.5
MAX_VARIANTS = 8
MAX_WEIGHT = 100
EXPERIMENT_KEYS = ("id", "salt", "hold_out", "goal", "allocation", "mutes_itself", "variants")
VARIANT_KEYS = ("weight", "title", "body")
MAX_TITLE_CHARS, MAX_BODY_CHARS = 40, 200


def read_general(node: yaml.Node, reader: Reader) -> GeneralHoldOut:
    """What the playbook's own section ``experiments`` says of all prompts."""
    fields = reader.fields(node, "experiments", required=("hold_out",))
    return GeneralHoldOut(_read_share(fields["hold_out"], reader, "experiments"))


def read_experiment(
    node: yaml.Node | None, reader: Reader, where: str, *, subject: Subject, general: GeneralHoldOut | None
) -> Experiment | None:
    """The experiment about a prompt or an offer, by whose id it goes unless it has its own; None: there is none.

    What it leaves out is as ``general`` says, where the playbook says anything of all prompts.
    """
    if node is None:
        return None if general is None else general.experiment(subject)
    what = f"{where}: experiment"
    fields = reader.fields(node, what, optional=EXPERIMENT_KEYS)
    experiment_id = reader.name(fields["id"], f"{what}: id") if "id" in fields else subject.source
    hold_out = DEFAULT_HOLD_OUT if general is None else general.share_of(subject)
    if "hold_out" in fields:
        hold_out = _read_share(fields["hold_out"], reader, what)
    variants = _read_variants(fields["variants"], reader, what) if "variants" in fields else ()
    if hold_out == 0 and not variants:
        if general is not None and fields.keys() == {"hold_out"}:
            return None
        raise reader.error(node, f"{what}: without a hold_out and without variants there is nothing to compare")
    goal, allocation = "sold" if general is None else subject.goal, "fixed"
    if "goal" in fields:
        goal = reader.choice(fields["goal"], f"{what}: goal", MEASURES)
    if "allocation" in fields:
        allocation = reader.choice(fields["allocation"], f"{what}: allocation", get_args(Allocation))
        if allocation == "adaptive" and not variants:
            raise reader.error(fields["allocation"], f"{what}: allocation: only variants can share calls adaptively")
    return Experiment(
        experiment_id=experiment_id,
        salt=reader.name(fields["salt"], f"{what}: salt") if "salt" in fields else experiment_id,
        hold_out=hold_out,
        goal=cast(Measure, goal),
        allocation=cast(Allocation, allocation),
        mutes_itself=reader.boolean(fields["mutes_itself"], f"{what}: mutes_itself")
        if "mutes_itself" in fields
        else True,
        variants=variants,
        is_general=general is not None and "hold_out" not in fields,
    )


def check_apart(experiments: Iterable[tuple[int, str, Experiment]], reader: Reader) -> None:
    """Each id once in a playbook: what becomes of calls is counted by it. Given by line, with what they are about."""
    taken: dict[str, int] = {}
    for line, _, experiment in experiments:
        first = taken.setdefault(experiment.experiment_id, line)
        if first != line:
            message = f"experiment {experiment.experiment_id!r}: the id is already taken in line {first}"
            raise PlaybookError(message, path=reader.path, line=line)


def _read_share(node: yaml.Node, reader: Reader, what: str) -> float:
    hold_out = reader.fraction(node, f"{what}: hold_out")
    if hold_out > MAX_HOLD_OUT:
        raise reader.error(node, f"{what}: hold_out: at most {MAX_HOLD_OUT} of the calls can go without")
    return hold_out


def _read_variants(node: yaml.Node, reader: Reader, where: str) -> tuple[Variant, ...]:
    variants: dict[str, Variant] = {}
    for item in reader.items(node, f"{where}: variants", least=2, most=MAX_VARIANTS):
        fields = reader.fields(item, f"{where}: variants", required=("id",), optional=VARIANT_KEYS)
        variant_id = reader.name(fields["id"], f"{where}: variants: id")
        what = f"{where}: variant {variant_id!r}"
        if variant_id in variants:
            raise reader.error(item, f"{what}: stands here twice")
        weight, title, body = (fields.get(key) for key in VARIANT_KEYS)
        variants[variant_id] = Variant(
            variant_id,
            1 if weight is None else reader.integer(weight, f"{what}: weight", least=1, most=MAX_WEIGHT),
            None if title is None else reader.text(title, f"{what}: title", most=MAX_TITLE_CHARS),
            None if body is None else reader.text(body, f"{what}: body", most=MAX_BODY_CHARS),
        )
    return tuple(variants.values())
