"""The space in which a model compares meanings, fitted to ordinary turns; how well it tells sets of sentences apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Annotated, Any

import numpy as np
import typer
import yaml
from numpy.typing import NDArray

from assist.playbook import Meaning, parse_playbook
from models.train.scenes import Turn, read_scenes
from models.train.understanding.outputs import name_outputs
from models.train.understanding.places import fit_places
from models.train.understanding.wording import fit_wording
from nlp.understanding.listening import sentences_of
from nlp.understanding.meaning import FILE, Float32Array, MeaningSpace, fit_heads, save_space
from nlp.understanding.model import TurnText, UnderstandingModel, load_understanding
from nlp.understanding.place_space import FILE as PLACES
from nlp.understanding.place_space import save_places
from nlp.understanding.wording import FILE as WORDING
from nlp.understanding.wording import is_large, save_wording

DATA = Path(__file__).parents[1] / "data"
SETS = (DATA / "meanings" / "tuning.yaml", DATA / "meanings" / "test.yaml")
PLAYBOOK = Path(__file__).parents[3] / "examples" / "playbooks" / "telecom.yaml"
"""Many sets of sentences that mean the same."""
ORDINARY_TURNS = 4_000
BEFORE = {"customer": "请问还有什么可以帮您", "agent": "我想问一下"}
"""What the other party says before a sentence of a set: in a call something always stands before."""
MIN_SCORES = (0.3, 0.5, 0.7, 0.9)
_BATCH = 16


@dataclass(frozen=True, slots=True)
class MeaningSet:
    """One set as its author wrote it, and sentences that it must and must not find."""

    meaning: Meaning
    same: tuple[str, ...]
    other: tuple[str, ...]


def meanings(directory: Annotated[Path, typer.Argument(help="Directory of a model; gets its spaces.")]) -> None:
    """Fit where a model compares meanings and places an archive, name the outputs for it, and measure meanings."""
    name_outputs(directory / "encoder.onnx")
    model = load_understanding(directory)
    ordinary = ordinary_turns()
    playbook = parse_playbook(PLAYBOOK.read_text(encoding="utf-8"), PLAYBOOK.stem)
    save_places(fit_places(in_batches(model.place_vectors, as_said(ordinary))), directory / PLACES)
    space = fit_space(model, ordinary, playbook.meanings)
    save_space(space, directory / FILE)
    save_wording(fit_wording(directory, ordinary), directory / WORDING)
    for path in SETS:
        for line in measured(model, space, read_sets(path)):
            typer.echo(f"{path.stem:<8} {line}")


def read_sets(path: Path) -> list[MeaningSet]:
    sets: list[dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [
        MeaningSet(
            Meaning(one["id"], one["party"], tuple(one["examples"]), tuple(one["unlike"])),
            tuple(one["same"]),
            tuple(one["other"]),
        )
        for one in sets
    ]


def ordinary_turns() -> list[Turn]:
    """Of the dialogues that the model learnt from, always the same."""
    paths = sorted(DATA.glob("w*/*.scenes"))
    turns = [turn for path in paths for turn in read_scenes(path, writer=path.parent.name)]
    return Random(1).sample(turns, ORDINARY_TURNS)


def fit_space(model: UnderstandingModel, ordinary: Sequence[Turn], sets: Sequence[Meaning]) -> MeaningSpace:
    """Vectors of ordinary turns; how sentences of one set vary."""
    vectors = in_batches(model.vectors, as_said(ordinary))
    by_party = {who: vectors[[turn.party == who for turn in ordinary]] for who in ("agent", "customer")}
    return MeaningSpace(by_party, {who: within(model, who, sets) for who in by_party})


def within(model: UnderstandingModel, who: str, sets: Sequence[Meaning]) -> NDArray[np.float64]:
    """(width, width): how sentences vary about the means of their sides, in sets of that party told by vectors."""
    own = [one for one in sets if one.who == who and not is_large(one)]
    sides = [side for one in own for side in (one.examples, one.unlike) if side]
    read = [in_batches(model.vectors, [TurnText(text, "", who) for text in side]) for side in sides]
    apart = np.concatenate([vectors - vectors.mean(axis=0) for vectors in read]).astype(np.float64)
    return apart.T @ apart / len(apart)


def measured(model: UnderstandingModel, space: MeaningSpace, sets: Sequence[MeaningSet]) -> Iterator[str]:
    """Which share of the right sentences, of near misses and of ordinary turns scores at least so much."""
    wanted = list(sentences_of([one.meaning for one in sets]))
    vectors = in_batches(model.vectors, [TurnText(text, "", party) for party, text in wanted])
    heads = fit_heads([one.meaning for one in sets], dict(zip(wanted, vectors, strict=True)), space)
    same, other, ordinary = list[float](), list[float](), list[float]()
    for one in sets:
        who = one.meaning.who
        said = in_batches(model.vectors, [TurnText(text, BEFORE[who], who) for text in (*one.same, *one.other)])
        found = [dict(heads[who].scores(vector)).get(one.meaning, 0.0) for vector in said]
        same += found[: len(one.same)]
        other += found[len(one.same) :]
        ordinary += [dict(heads[who].scores(vector)).get(one.meaning, 0.0) for vector in space.ordinary[who]]
    for least in MIN_SCORES:
        shares = (float(np.mean(np.array(found) >= least)) for found in (same, other, ordinary))
        yield f"at {least:.0%}: {' · '.join(f'{share:.1%}' for share in shares)}"


def as_said(turns: Sequence[Turn]) -> list[TurnText]:
    return [TurnText(turn.text, turn.previous_text, turn.party) for turn in turns]


def in_batches(read: Callable[[Sequence[TurnText]], Float32Array], turns: Sequence[TurnText]) -> Float32Array:
    """(turns, width), in order."""
    return np.concatenate([read(turns[at : at + _BATCH]) for at in range(0, len(turns), _BATCH)])
