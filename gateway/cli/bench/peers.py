"""``livecue bench peers``: Livecue beside other designs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, cast

import typer

from gateway.cli.bench.capacity import read_levels
from gateway.cli.bench.checkout import Plot, Recordings, benchmark, watched
from gateway.cli.console import AsJson, load_settings, print_json, print_table


def peers(
    files: Recordings = None,
    streams: Annotated[str, typer.Option(help="Streams at once, run by run; two are one call.")] = "1,2,4",
    seconds: Annotated[float, typer.Option(min=12, help="Sound per stream.")] = 40.0,
    wait_s: Annotated[float, typer.Option(min=1, help="How long after the sound text is waited for.")] = 60.0,
    repeats: Annotated[int, typer.Option(min=1, help="How often everything is run.")] = 1,
    plot: Plot = None,
    as_json: AsJson = False,
) -> None:
    """Play the same sound into Livecue, WhisperLiveKit and the plain design, with the same weights.

    WhisperLiveKit is installed into an environment of its own under data_dir/peers, which needs a package index.
    """
    from gateway.bundled import bundled_calls

    module = benchmark("bench.peers.comparison")
    benchmark("bench.plot").check_picture(plot)
    settings = load_settings()
    plan = module.PeerPlan(
        streams=read_levels(streams),
        seconds=seconds,
        wait_s=wait_s,
        repeats=repeats,
        environments=settings.data_dir / "peers",
    )
    report = watched(
        lambda show: module.compare(settings, files or bundled_calls(), plan, on_progress=show), begin="Starting …"
    )
    if plot is not None:
        module.draw_comparison(report, plot)
    if as_json:
        print_json(report)
    else:
        _print_rows(cast("Sequence[Mapping[str, Any]]", report["rows"]))


def _print_rows(rows: Sequence[Mapping[str, Any]]) -> None:
    columns = ("system", "streams", "CER %", "settled p50", "p95", "shown p50", "p95", "own lag max", "cores")
    print_table(
        columns,
        (
            (
                row["system"],
                row["streams"],
                row["cer_percent"],
                row["settled_ms"]["p50"],
                row["settled_ms"]["p95"],
                row["shown_delay_ms"]["p50"],
                row["shown_delay_ms"]["p95"],
                row["own_lag_ms"]["max"] if row["own_lag_ms"] else "",
                row["cores"],
            )
            for row in rows
        ),
    )
