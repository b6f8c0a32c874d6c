"""``livecue eval speakers``: who says what on a mixed leg, by words alone and by voices with words."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from gateway.cli.bench.checkout import benchmark
from gateway.cli.console import AsJson, print_json, print_table


def speakers(
    manifest: Annotated[
        Path, typer.Argument(help="JSON lines of recordings, each with path, path_8k or both, text and speaker.")
    ],
    wide: Annotated[bool, typer.Option("--wide", help="At 16 kHz; by default as a telephone has it.")] = False,
    calls_per_pair: Annotated[int, typer.Option(help="Composed of every two speakers, either as the agent.")] = 2,
    seed: Annotated[int, typer.Option(help="Another one composes other calls.")] = 7,
    as_json: AsJson = False,
) -> None:
    """Compose calls of real voices and written dialogues, mix both parties, and tell who is taken for whom."""
    report = benchmark("bench.speakers").measure_speakers(
        manifest, band="16k" if wide else "8k", calls_per_pair=calls_per_pair, seed=seed
    )
    if as_json:
        print_json(report)
    else:
        _show(report)


def _show(report: Mapping[str, Any]) -> None:
    columns = ("utterances", "right", "wrong", "unsure", "right_of_named")
    rows = report["ways"].items()
    shown = [
        (way, *(f"{row[column]:.1f}" if column != "utterances" else row[column] for column in columns))
        for way, row in rows
    ]
    print_table(("by", *columns), shown)
    print(f"{report['calls']} calls; {report['ms_per_speech_s']:.1f} ms per second of speech")
    by_words, named = report["both_in_one_named_by_words"], report["both_in_one_named"]
    print(f"{report['both_in_one']} utterances with both in them; named: {by_words} by words, {named} with voices")
