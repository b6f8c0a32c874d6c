"""``livecue bench``: measurements of this machine. One module per measurement; each needs a source checkout."""

from __future__ import annotations

import typer

from gateway.cli.bench import (
    capacity,
    cascade,
    endpointing,
    engine,
    experiments,
    hallucination,
    handshakes,
    history,
    latency,
    nlu,
    overload,
    partials,
    peers,
    prompts,
    reports,
    rules,
    scheduling,
    search,
    soak,
    voice,
)

app = typer.Typer(no_args_is_help=True, help="Measurements of this machine.")


@app.callback()
def bench() -> None:
    """Measurements of this machine."""


app.command()(latency.latency)
app.command()(capacity.capacity)
app.command()(overload.overload)
app.command()(soak.soak)
app.command()(peers.peers)
app.command()(hallucination.hallucination)
app.command()(cascade.cascade)
app.command()(cascade.confidence)
app.command()(engine.engine)
app.command()(experiments.experiments)
app.command()(handshakes.handshakes)
app.command()(endpointing.endpointing)
app.command()(partials.partials)
app.command()(scheduling.scheduling)
app.command()(nlu.nlu)
app.command()(rules.rules)
app.command()(prompts.prompts)
app.command()(history.history)
app.command()(reports.reports)
app.command()(search.search)
app.command()(voice.voice)
