"""``python -m models.train understanding``: from the text in this repository to a directory that can be served."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from nlp.evaluation.tasks import CODES, Task

LAYERS = (0, 1, 3, 4, 5, 7, 8, 10, 11)
"""Of the pretrained encoder's twelve: as many as the time of a turn and the size of the file allow."""
THREADS = 1


def baselines(
    task: Annotated[Task | None, typer.Option(help="Only this one.")] = None,
    threads: Annotated[int, typer.Option(min=1, help="Processor threads.")] = THREADS,
) -> None:
    """Judge simple classifiers on the test that ours is judged on; some minutes."""
    import torch  # heavy: only for who trains

    from models.train.encoder.e5s1 import read_e5
    from models.train.encoder.source import encoder_file
    from models.train.scenes import read_corpus
    from models.train.splits import DATA, split
    from models.train.understanding.baselines import baseline_reports

    torch.set_num_threads(threads)
    tasks = (task,) if task else tuple(CODES)
    for system, judged, report in baseline_reports(read_e5(encoder_file()), split(read_corpus(DATA), DATA), tasks):
        typer.echo(f"{system:<36} {judged:<8} accuracy {report.accuracy:.3f}  macro F1 {report.macro_f1:.3f}")


def understanding(
    out: Annotated[Path, typer.Option(help="Directory of the model; made if need be.")],
    epochs: Annotated[int, typer.Option(min=1, help="Passes over the text.")] = 8,
    seed: Annotated[int, typer.Option(help="The same seed gives the same model on the same machine.")] = 1,
    threads: Annotated[
        int, typer.Option(min=1, help="Processor threads; more than idle cores slow it down.")
    ] = THREADS,
    half: Annotated[
        bool | None, typer.Option(help="Multiply in bfloat16; default: where the processor has tiles for it.")
    ] = None,
) -> None:
    """Train the model of intent, emotion, acts and entities; about 50 minutes on one core, 100 without bfloat16.

    Run again after an interruption it goes on after the last whole pass.
    """
    import torch  # heavy: only for who trains

    from models.train.encoder.e5s1 import read_e5
    from models.train.encoder.source import encoder_file
    from models.train.scenes import read_corpus
    from models.train.splits import DATA, split
    from models.train.understanding.fit import FitSettings
    from models.train.understanding.meaning import meanings
    from models.train.understanding.report import halves, reports
    from models.train.understanding.run import RunSettings, train

    logging.basicConfig(level=logging.INFO, format="%(message)s")
    torch.set_num_threads(threads)
    splits = split(read_corpus(DATA), DATA)
    typer.echo(
        f"{len(splits.train)} turns to train on, {len(splits.development)} to calibrate, {len(splits.test)} to test"
    )
    is_half = torch.cpu._is_amx_tile_supported() if half is None else half  # pyright: ignore[reportPrivateUsage]
    settings = RunSettings(layers=LAYERS, fit=replace(FitSettings(), epochs=epochs, seed=seed, is_half=is_half))
    model = train(
        read_e5(encoder_file()), splits, out, settings, after_epoch=lambda epoch: typer.echo(f"pass {epoch + 1} done")
    )
    meanings(out)
    for name, found in {"whole": reports(model, splits.test), **halves(model, splits.test)}.items():
        for task, report in found.items():
            typer.echo(f"{name:<8} {task:<8} accuracy {report.accuracy:.3f}  macro F1 {report.macro_f1:.3f}")
