"""``livecue bench prompts``: how long after a customer's words a prompt is on the desk."""

from __future__ import annotations

from typing import Annotated

import typer

from gateway.cli.bench.checkout import Recordings, benchmark, print_report, watched
from gateway.cli.console import AsJson, load_settings


def prompts(
    files: Recordings = None,
    calls: Annotated[int, typer.Option(min=1, max=64, help="Calls at once.")] = 4,
    minutes: Annotated[float, typer.Option(min=0.1, help="How long all of them are live together.")] = 5.0,
    as_json: AsJson = False,
) -> None:
    """Play paced live calls into a server of its own and report when their prompts reach a desk's socket."""
    from gateway.bundled import bundled_calls

    settings = load_settings()
    measure = benchmark("bench.prompts").measure_prompts
    recordings = files or bundled_calls()
    report = watched(lambda show: measure(settings, recordings, calls=calls, seconds=minutes * 60, on_progress=show))
    print_report(report, as_json=as_json)
