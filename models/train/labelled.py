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
from models.train.understanding.heard import as_heard, read_heard


class SplitName(StrEnum):
    """A part of the corpus."""

    TRAIN = "train"
    DEVELOPMENT = "development"
    TEST = "test"


class Voiced(StrEnum):
    """Whether turns were spoken by a synthetic voice and recognised."""

    ALL = "all"
    WRITTEN = "written"
    HEARD = "heard"


def export_split(
    out: Annotated[Path, typer.Option(help="File of JSON lines to write.")],
    split_name: Annotated[SplitName, typer.Option("--split", help="Part of the corpus.")] = SplitName.TEST,
    data: Annotated[Path, typer.Option(help="Directory of the corpus.")] = DATA,
    voiced: Annotated[Voiced, typer.Option(help="Every turn; or those that were voiced, as written or as heard.")] = (
        Voiced.ALL
    ),
) -> None:
    """Write a split for `livecue eval nlu`: each row has the labels of every task."""
    turns: Sequence[Turn] = getattr(split(read_corpus(data), data), split_name.value)
    if voiced is not Voiced.ALL:
        heard = read_heard(data)
        turns = [turn for turn in turns if turn.text in heard]
        if voiced is Voiced.HEARD:
            turns = [as_heard(turn, heard[turn.text]) for turn in turns]
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
