"""``livecue bench latency``: how long the agent waits for words."""

from __future__ import annotations

from collections.abc import Mapping

from gateway.cli.bench.checkout import Recordings, benchmark, print_report
from gateway.cli.console import AsJson, errors_console, load_settings, run


def latency(files: Recordings = None, as_json: AsJson = False) -> None:
    """Play calls one after the other at real speed and report how long the agent waits for words."""
    from gateway.demo import bundled_calls

    settings = load_settings()
    measure = benchmark("bench.latency").measure
    recordings = files or bundled_calls()[:1]
    with errors_console().status("Starting the server …") as status:

        def show(name: str) -> None:
            status.update(f"Playing {name} at real speed …")

        result: Mapping[str, object] = run(lambda: measure(settings, recordings, on_progress=show))
    print_report(result, as_json=as_json)
