"""A split of the corpus as the labelled rows that ``livecue eval nlu`` reads."""

from __future__ import annotations

import json
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from models.train.scenes import Turn, read_corpus
from models.train.splits import DATA, split


class SplitName(StrEnum):
    """A part of the corpus."""

    TRAIN = "train"
    DEVELOPMENT = "development"
    TEST = "test"


def export_split(
    out: Annotated[Path, typer.Option(help="File of JSON lines to write.")],
    split_name: Annotated[SplitName, typer.Option("--split", help="Part of the corpus.")] = SplitName.TEST,
    data: Annotated[Path, typer.Option(help="Directory of the corpus.")] = DATA,
) -> None:
    """Write a split for `livecue eval nlu`: each row has the labels of every task."""
    turns: Sequence[Turn] = getattr(split(read_corpus(data), data), split_name.value)
    out.write_text("".join(json.dumps(row(turn), ensure_ascii=False) + "\n" for turn in turns), "utf-8")
    typer.echo(f"{len(turns)} turns of {len({turn.scene for turn in turns})} scenes are in {out}")


def row(turn: Turn) -> dict[str, Any]:
    """One line; turns of a scene belong together."""
    return {
        "text": turn.text,
        "previous": turn.previous_text,
        "party": turn.party,
        "intents": list(turn.intents),
        "emotion": turn.emotion,
        "acts": list(turn.acts),
        "entities": [[span.label, span.start, span.end] for span in turn.entities],
        "dialog_id": turn.scene,
        "domain": turn.domain,
        "writer": turn.writer,
    }
