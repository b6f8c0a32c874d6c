"""``livecue bench latency``: how long the agent waits for words."""

from __future__ import annotations

from gateway.cli.bench.checkout import Recordings, benchmark, print_report, watched
from gateway.cli.console import AsJson, load_settings


def latency(files: Recordings = None, as_json: AsJson = False) -> None:
    """Play calls one after the other at real speed and report how long the agent waits for words."""
    from gateway.bundled import bundled_calls

    settings = load_settings()
    measure = benchmark("bench.latency").measure
    recordings = files or bundled_calls()[:1]
    result = watched(lambda show: measure(settings, recordings, on_progress=show), step="Playing {} at real speed …")
    print_report(result, as_json=as_json)
