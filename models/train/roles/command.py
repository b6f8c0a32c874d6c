"""``python -m models.train roles``: fit and measure the model of roles; some two minutes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from nlp.roles.model import DIRECTORY, FILE

BENCH = Path(__file__).parents[3] / "bench" / "dialogues"


def roles(
    out: Annotated[Path, typer.Option(help="Directory to write; made if need be.")] = DIRECTORY,
    calls: Annotated[
        list[Path] | None, typer.Option(help="JSON lines of others' calls to measure on, too; may be repeated.")
    ] = None,
    heard: Annotated[
        list[Path] | None, typer.Option(help="Logs of `livecue transcribe --json` to measure on, too.")
    ] = None,
    vectors: Annotated[Path | None, typer.Option(help="A model whose vectors are compared with; minutes more.")] = None,
) -> None:
    """Fit the model that tells agents' from customers' words, and say what it is worth on calls it has not seen."""
    from models.train.roles.dialogues import of_logs, of_rows, of_scenes, of_yaml
    from models.train.roles.examples import examples
    from models.train.roles.fit import RoleSettings, fit_roles
    from models.train.roles.measure import by_greeting, lines_of
    from models.train.roles.vectors import fit_vectors
    from models.train.scenes import read_corpus
    from models.train.splits import DATA, split
    from models.train.understanding.heard import read_heard
    from nlp.understanding.linear import save_linear

    splits = split(read_corpus(DATA), DATA)
    misheard = read_heard(DATA)
    learnt = examples(splits.train, misheard)
    model = fit_roles(learnt, examples(splits.development, misheard), RoleSettings())
    out.mkdir(parents=True, exist_ok=True)
    save_linear(model.linear, out / FILE)
    typer.echo(f"{len(learnt)} examples · {len(model.linear.rows)} features · {(out / FILE).stat().st_size} bytes")
    systems: dict[str, Callable[[str], float]] = {"greetings": by_greeting, "n-grams": model.odds}
    if vectors is not None:
        systems["vectors"] = fit_vectors(vectors, learnt)
    sets = {
        "test writers": of_scenes(splits.test),
        "bench": of_yaml(sorted(BENCH.glob("**/*.yaml"))),
        **{path.stem: of_rows(path) for path in calls or ()},
    }
    if heard:
        sets["as heard"] = of_logs(heard)
    for name, dialogues in sets.items():
        for line in lines_of(name, dialogues, systems):
            typer.echo(line)
