"""``livecue bench handshakes``: how long phone platforms wait to be let in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, cast, get_args

import typer

from assist.errors import InputError
from gateway.cli.bench.checkout import Recordings, benchmark, watched
from gateway.cli.console import AsJson, load_settings, print_json, print_table


def handshakes(
    files: Recordings = None,
    connections: Annotated[int, typer.Option(min=1, help="Connections of one platform at once.")] = 50,
    rounds: Annotated[int, typer.Option(min=1, help="How often.")] = 3,
    recognition: Annotated[str, typer.Option(help="What recognition does meanwhile.")] = "idle,saturated",
    target_ms: Annotated[float, typer.Option(min=1, help="Until the upgrade and the protocol's answer, p99.")] = 200,
    as_json: AsJson = False,
) -> None:
    """Let every platform knock many times at once and report how long it waits for its upgrade and its answer."""
    from gateway.bundled import bundled_calls

    module = benchmark("bench.handshakes")
    states = tuple(recognition.split(","))
    if not set(states) <= set(get_args(module.Recognition)):
        raise InputError(f"{recognition!r} must be some of idle,saturated.", code="bad-recognition")
    plan = module.HandshakePlan(connections=connections, rounds=rounds, recognition=states, target_ms=target_ms)
    load_settings()
    recordings = files or bundled_calls()[:1]
    report = watched(lambda show: module.measure_handshakes(recordings, plan, on_progress=show))
    if as_json:
        print_json(report)
    else:
        _print_platforms(report)


def _print_platforms(report: Mapping[str, object]) -> None:
    groups = cast("Mapping[str, Mapping[str, Mapping[str, Any]]]", report["recognition"])
    columns = ("recognition", "platform", "upgrade p50", "p99", "opened p50", "p99", "client p99", "unanswered")
    rows = (
        (
            state,
            name,
            *(figures["upgrade_ms"][share] for share in ("p50", "p99")),
            *(figures["opened_ms"][share] if figures["opened_ms"]["n"] else "" for share in ("p50", "p99")),
            figures["client_ms"]["p99"],
            figures["unanswered"],
        )
        for state, platforms in groups.items()
        for name, figures in platforms.items()
    )
    print_table(columns, rows)
    print("passes" if report["passes"] else ", ".join(cast("list[str]", report["reasons"])))
