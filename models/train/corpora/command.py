"""``python -m models.train corpora``: a table of ours and simpler classifiers on CPED and CrossWOZ."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

LAYERS = (0, 2, 4, 6, 8, 11)
"""Of the pretrained encoder's twelve; fewer than the model that is served has, for each corpus is fitted anew."""


def corpora(
    cped: Annotated[Path, typer.Argument(help="Rows of CPED, JSON lines.")],
    crosswoz: Annotated[Path, typer.Argument(help="Rows of CrossWOZ, JSON lines.")],
    epochs: Annotated[int, typer.Option(min=1, help="Passes over the rows.")] = 2,
    threads: Annotated[int, typer.Option(min=1, help="Processor threads.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON lines.")] = False,
) -> None:
    """Train and judge the model's design on dialogues of others; about half an hour on one core."""
    import torch  # heavy: only for who trains

    from models.train.corpora.run import CorpusSettings, compare, read_both
    from models.train.encoder.e5s1 import read_e5
    from models.train.encoder.source import encoder_file
    from models.train.understanding.fit import FitSettings

    torch.set_num_threads(threads)
    file = read_e5(encoder_file())
    for corpus in read_both(cped, crosswoz):
        for score in compare(corpus, file, CorpusSettings(LAYERS, FitSettings(epochs=epochs))):
            typer.echo(
                json.dumps(asdict(score), ensure_ascii=False)
                if as_json
                else f"{score.corpus:<9} {score.task:<9} {score.system:<36} {score.items:>6} "
                f"accuracy {score.accuracy:.3f}  macro F1 {score.macro_f1:.3f} "
                f"({score.macro_interval[0]:.3f} to {score.macro_interval[1]:.3f})"
            )
