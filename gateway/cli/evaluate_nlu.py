"""``livecue eval nlu``: accuracy of the language model over turns whose labels are known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gateway.cli.bench.checkout import Plot, benchmark
from gateway.cli.console import AsJson, errors_console, load_settings, print_json, print_table

if TYPE_CHECKING:
    from assist.playbook import Playbook
    from models.directory import ModelDirectory
    from nlp.evaluation import Examination, LabelMapping, System, Task, Trial

MODEL = "livecue-understanding"
"""Of the catalogue."""

_LISTED = ("confusions", "mistakes")

Model = Annotated[
    str, typer.Option(help="Model of the catalogue, or a directory with one; default: the one that comes with Livecue.")
]


class TaskName(StrEnum):
    """What is judged."""

    INTENT = "intent"
    EMOTION = "emotion"
    ACT = "act"
    ENTITY = "entity"


class PartyName(StrEnum):
    """Who speaks."""

    AGENT = "agent"
    CUSTOMER = "customer"
    MIXED = "mixed"


class BaselineName(StrEnum):
    """What is compared with."""

    MAJORITY = "majority"
    LINEAR = "linear"
    NETWORK = "network"
    RULES = "rules"


def nlu(
    file: Annotated[Path, typer.Argument(help="JSON lines with `text` and `label`, `labels` or `entities`.")],
    task: Annotated[TaskName, typer.Option(help="What the labels are of.")],
    mapping: Annotated[Path | None, typer.Option(help="YAML: `theirs: ours`, a list of ours, or null.")] = None,
    groups: Annotated[bool, typer.Option("--groups", help="The labels are coarse groups of intents.")] = False,
    field: Annotated[str | None, typer.Option(help="Field that holds the label, if it is another one.")] = None,
    party: Annotated[PartyName, typer.Option(help="Who speaks where a row does not say.")] = PartyName.CUSTOMER,
    model: Model = MODEL,
    playbook: Annotated[str | None, typer.Option(help="Whose names are known entities; default: none.")] = None,
    baseline: Annotated[list[BaselineName] | None, typer.Option(help="Compare with it; may be repeated.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Take this many rows only, the first ones.")] = None,
    worst: Annotated[int, typer.Option(min=0, help="Mistakes listed, the surest first.")] = 10,
    plot: Plot = None,
    as_json: AsJson = False,
) -> None:
    """Accuracy, F1 and calibration of intents, emotion, dialogue acts or entities, one turn after the other."""
    from nlp.evaluation import evaluation_report

    if groups and (task is not TaskName.INTENT or mapping is not None):
        raise typer.BadParameter("are of intents, and no mapping is needed then.", param_hint="--groups")
    if plot is not None:
        benchmark("bench.plot").check_picture(plot)
    labels = label_mapping(task.value, mapping, has_groups=groups)
    examination = read_examination(file, task.value, labels, field=field, party=party.value, limit=limit)
    systems = _systems(model, playbook, baseline or (), examination)
    ours, *baselines = [_trial(system, examination) for system in systems]
    report = {"file": file.name, **evaluation_report(examination, ours, baselines, worst=worst)}
    if plot is not None:
        benchmark("bench.confusion").draw_confusion(plot, report)
    if as_json:
        print_json(report)
    else:
        _show(report)


def label_mapping(task: Task, path: Path | None, *, has_groups: bool = False) -> LabelMapping:
    """Of a file of YAML, of our coarse groups, or our own labels. Raises InputError "bad-label-mapping"."""
    from nlp.evaluation import intent_groups, own_labels, read_mapping

    if path is not None:
        return read_mapping(path, task)
    return intent_groups() if has_groups else own_labels(task)


def read_examination(
    file: Path,
    task: Task,
    mapping: LabelMapping,
    *,
    field: str | None = None,
    party: str = PartyName.CUSTOMER,
    limit: int | None = None,
) -> Examination:
    """The rows to judge. Raises InputError "bad-labelled-text" or "unknown-label" that names the lines."""
    from nlp.evaluation import examine, read_labelled, require_known

    rows = read_labelled(file, task, label_field=field, party=party)[:limit]
    require_known(file, rows, mapping)
    return examine(task, rows, mapping)


def locate_model(model: str) -> ModelDirectory:
    """Of a name of the catalogue or a directory. Raises ModelFilesError."""
    from models.directory import locate

    return locate(load_settings().models_dir, model, require=lambda path: None)


def _systems(
    model: str, playbook: str | None, baselines: Sequence[BaselineName], examination: Examination
) -> Iterator[System]:
    """The model, then what it is compared with; each is made when it is its turn."""
    from nlp.evaluation import LinearHalf, NetworkAlone, RulesAlone, load_whole

    found, book = locate_model(model), None if playbook is None else _playbook(playbook)
    whole = load_whole(found.path, found.label, book)
    yield whole
    for baseline in dict.fromkeys(baselines):
        match baseline:
            case BaselineName.MAJORITY:
                yield examination.majority()
            case BaselineName.LINEAR:
                yield LinearHalf(found.path)
            case BaselineName.NETWORK:
                yield NetworkAlone(whole.model)
            case BaselineName.RULES:
                yield RulesAlone(book)


def _playbook(name: str) -> Playbook:
    from assist.playbook import PlaybookLibrary

    library = PlaybookLibrary(load_settings().playbooks_dir, default=name)
    library.reload()
    return library.get(name)


def _trial(system: System, examination: Examination) -> Trial:
    from rich.progress import Progress

    from nlp.evaluation import Trial, answer_all

    with Progress(console=errors_console(), transient=True) as bars:
        bar = bars.add_task(system.name, total=len(examination.rows))
        turns = [row.turn for row in examination.rows]
        return Trial(system.name, answer_all(system, turns, progress=lambda done: bars.update(bar, completed=done)))


def _show(report: Mapping[str, Any]) -> None:
    """The report for people: its plain values, then what it lists."""
    print_table(("measure", "value"), _plain(report))
    for name in ("groups", "angry_against_rest", "negative_against_rest", "latency_ms"):
        if name in report:
            print_table((name, ""), report[name].items())
    for name, figures in report["baselines"].items():
        print_table((name, ""), _plain(figures))
    columns = ("precision", "recall", "f1", "support")
    print_table(
        ("label", *columns),
        ((label, *(score[column] for column in columns)) for label, score in report["per_class"].items()),
    )
    print_table(("true", "found", "times"), report["confusions"])
    print_table(
        ("line", "text", "true", "found"),
        ((mistake["line"], mistake["text"], mistake["true"], mistake["found"]) for mistake in report["mistakes"]),
    )


def _plain(figures: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    """Those that fit into one cell."""
    return ((name, value) for name, value in figures.items() if name not in _LISTED and not isinstance(value, Mapping))
