"""``livecue eval``: accuracy over recordings whose words, and over turns whose labels, are known."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gateway.cli import (
    evaluate_advice,
    evaluate_heard,
    evaluate_legs,
    evaluate_moments,
    evaluate_nlu,
    evaluate_private,
    evaluate_search,
    evaluate_speakers,
    evaluate_wrap_ups,
)
from gateway.cli.bench.checkout import benchmark
from gateway.cli.console import AsJson, errors_console, load_settings, print_json, print_table, run

if TYPE_CHECKING:
    from asr.evaluation import Band, Evaluation, ManifestRow, System, Trial
    from gateway.settings import Settings
    from gateway.wiring import Recognition

BASELINE = "faster-whisper"
DEFAULT_BEAM = 5
MOST_BEAM = 20

app = typer.Typer(no_args_is_help=True, help="Accuracy over recordings and texts whose truth is known.")


class BandName(StrEnum):
    """Which version of the recordings is taken."""

    NARROW = "8k"
    WIDE = "16k"


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be run."""

    manifest: Path
    band: Band | None
    limit: int | None
    baseline_beam: int | None
    live_calls: int | None


@app.callback()
def evaluate() -> None:
    """Accuracy over recordings and texts whose truth is known."""


app.command()(evaluate_nlu.nlu)
app.command()(evaluate_private.pii)
app.command()(evaluate_heard.heard)
app.command()(evaluate_legs.legs)
app.command()(evaluate_speakers.speakers)
app.command()(evaluate_advice.advice)
app.command()(evaluate_moments.moments)
app.command()(evaluate_wrap_ups.wrap_ups)
app.command()(evaluate_search.search)


@app.command()
def asr(
    manifest: Annotated[Path, typer.Argument(help="JSON lines with `path` (or `path_8k`) and `text`.")],
    band: Annotated[
        BandName | None, typer.Option(help="8k: `path_8k`; 16k: `path`; default: `path_8k` if any.")
    ] = None,
    baseline: Annotated[str | None, typer.Option(help="Compare with faster-whisper, or faster-whisper:BEAM.")] = None,
    live: Annotated[
        bool, typer.Option("--live", help="Also play the recordings as live calls, at their pace.")
    ] = False,
    calls: Annotated[int, typer.Option(min=1, help="Live calls at once.")] = 4,
    limit: Annotated[int | None, typer.Option(min=1, help="Take this many recordings only, the first ones.")] = None,
    worst: Annotated[int, typer.Option(min=0, help="Recordings listed, most errors first.")] = 10,
    plot: Annotated[Path | None, typer.Option(help="Draw the result into this PNG, SVG or PDF file.")] = None,
    as_json: AsJson = False,
) -> None:
    """Character error rate of the configured recogniser, through the whole lane."""
    from gateway.logs import quieten_logs

    settings = load_settings()
    quieten_logs(settings.log)
    if plot is not None:
        benchmark("bench.plot").check_picture(plot)
    plan = Plan(
        manifest=manifest,
        band=band.value if band else None,
        limit=limit,
        baseline_beam=_beam(baseline),
        live_calls=calls if live else None,
    )
    evaluation = run(lambda: _evaluate(settings, plan))
    if plot is not None:
        benchmark("bench.accuracy").draw_accuracy(plot, evaluation)
    report = evaluation.report(worst=worst)
    if as_json:
        print_json(report)
    else:
        _show(report)


@app.command()
def terms(
    manifest: Annotated[Path, typer.Argument(help="JSON lines with `path` (or `path_8k`), `text` and `terms`.")],
    playbook: Annotated[
        str | None, typer.Option(help="Whose lexicon is known too; default: the configured one.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Names put right: found where they were said, with and without correction, and written where they were not."""
    from gateway.logs import quieten_logs

    settings = load_settings()
    quieten_logs(settings.log)
    report = run(lambda: _score_names(settings, manifest, playbook or settings.playbook))
    if as_json:
        print_json(report)
        return
    print_table(("measure", "value"), ((name, value) for name, value in report.items() if _is_plain(value)))
    for name in ("false", "missed"):
        if report[name]:
            print_table(tuple(report[name][0]), (tuple(row.values()) for row in report[name]))


async def _score_names(settings: Settings, manifest: Path, playbook: str) -> dict[str, Any]:
    from rich.progress import Progress

    from asr.evaluation import LaneSystem, measured, read_manifest, score_names
    from assist.playbook import PlaybookLibrary
    from assist.terms import terms_of
    from gateway.metrics import Metrics
    from gateway.wiring import open_recognition

    rows = measured(read_manifest(manifest))
    library = PlaybookLibrary(settings.playbooks_dir, default=playbook)
    library.reload()
    known = terms_of(library.get(playbook).lexicon, (term for row in rows for term in row.terms), None, None)
    with Progress(console=errors_console(), transient=True) as bars:
        task = bars.add_task("Recognising", total=len(rows))
        async with open_recognition(settings, Metrics()) as recognition:
            system = LaneSystem(recognition.transcriber, at_once=recognition.engine.load().workers, terms=known)
            scores = await score_names(rows, system, progress=lambda done: bars.update(task, completed=done))
    return {"recogniser": system.name, "playbook": playbook, "names_known": len(known), **scores.report()}


def _beam(baseline: str | None) -> int | None:
    """The beam of ``faster-whisper:BEAM``; None without a baseline."""
    if baseline is None:
        return None
    name, _, beam = baseline.partition(":")
    if name != BASELINE or (beam and not (beam.isdecimal() and 1 <= int(beam) <= MOST_BEAM)):
        raise typer.BadParameter(
            f"give {BASELINE} or {BASELINE}:BEAM with a beam of 1 to {MOST_BEAM}.", param_hint="--baseline"
        )
    return int(beam) if beam else DEFAULT_BEAM


async def _evaluate(settings: Settings, plan: Plan) -> Evaluation:
    from rich.progress import Progress

    from asr.evaluation import Evaluation, measured, read_manifest
    from gateway.live_trial import try_live
    from gateway.metrics import Metrics
    from gateway.wiring import open_recognition

    rows = measured(read_manifest(plan.manifest, band=plan.band)[: plan.limit])
    with Progress(console=errors_console(), transient=True) as bars:
        task = bars.add_task("Recognising", total=None)

        def show(done: int, total: int) -> None:
            bars.update(task, completed=done, total=total)

        async with open_recognition(settings, Metrics()) as recognition:
            trials = await _try_replay(settings, plan, rows, recognition, show)
        live: Trial | None = None
        if plan.live_calls is not None:
            task = bars.add_task("Playing live calls", total=None)
            live = await try_live(settings, [row.path for row in rows], calls_at_once=plan.live_calls, progress=show)
    ours, baseline = trials[0], trials[1] if len(trials) > 1 else None
    return Evaluation(rows, ours, band=plan.band or "as-listed", baseline=baseline, live=live)


async def _try_replay(
    settings: Settings,
    plan: Plan,
    rows: list[ManifestRow],
    recognition: Recognition,
    progress: Callable[[int, int], None],
) -> list[Trial]:
    """Ours and, if wanted, the baseline's, in turns."""
    from asr.evaluation import LaneSystem, run_trials
    from asr.evaluation.baseline import FasterWhisper
    from models.directory import locate
    from models.threads import compute_here

    # As many recordings as workers: both systems then have all cores to themselves.
    systems: list[System] = [LaneSystem(recognition.transcriber, at_once=recognition.engine.load().workers)]
    if plan.baseline_beam is not None:
        baseline = await asyncio.to_thread(
            FasterWhisper,
            locate(settings.models_dir, settings.asr.model).path,
            beam=plan.baseline_beam,
            device=settings.asr.device,
            compute=compute_here(settings.asr.compute, settings.asr.device),
            threads=os.cpu_count() or 1,
        )
        systems.append(baseline)
    return await run_trials(rows, systems, progress=progress)


def _show(report: Mapping[str, Any]) -> None:
    """The report for people: its plain values, then what it lists."""
    print_table(("measure", "value"), ((name, value) for name, value in report.items() if _is_plain(value)))
    for name in ("cost", "numbers", "doubtful", "guards", "baseline", "live"):
        if report.get(name):
            print_table((name, ""), ((key, value) for key, value in report[name].items() if _is_plain(value)))
    for name in ("by_style", "by_dataset"):
        groups = report[name]
        columns = next(iter(groups.values()))
        print_table((name, *columns), ((group, *counts.values()) for group, counts in groups.items()))
    listed = ("path", "cer_percent", "reference", "hypothesis", "guards", "confidence")
    print_table(listed, ((row[column] for column in listed) for row in report["worst"]))


def _is_plain(value: object) -> bool:
    return not isinstance(value, Mapping) and not (isinstance(value, list) and value and isinstance(value[0], Mapping))
