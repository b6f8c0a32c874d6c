"""``livecue eval``: accuracy over recordings whose words are known."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli.console import AsJson, errors_console, load_settings, print_json, print_table, run

if TYPE_CHECKING:
    from asr.evaluation import Evaluation
    from gateway.settings import Settings

app = typer.Typer(no_args_is_help=True, help="Accuracy over recordings whose words are known.")


@app.callback()
def evaluate() -> None:
    """Accuracy over recordings whose words are known."""


@app.command()
def asr(
    manifest: Annotated[Path, typer.Argument(help="JSON lines with `path` (or `path_8k`) and `text`.")],
    as_json: AsJson = False,
) -> None:
    """Character error rate of the configured recogniser, through the whole lane."""
    settings = load_settings()
    result = run(lambda: _evaluate(settings, manifest)).report()
    if as_json:
        print_json(result)
    else:
        print_table(("measure", "value"), result.items())


async def _evaluate(settings: Settings, manifest: Path) -> Evaluation:
    from rich.progress import Progress

    from asr.evaluation import evaluate_manifest
    from gateway.metrics import Metrics
    from gateway.wiring import open_recognition

    with Progress(console=errors_console(), transient=True) as bars:
        task = bars.add_task("Recognising", total=None)
        async with open_recognition(settings, Metrics()) as recognition:
            return await evaluate_manifest(
                manifest,
                recognition.transcriber,
                progress=lambda done, total: bars.update(task, completed=done, total=total),
            )
