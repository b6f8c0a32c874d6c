"""``livecue transcribe``: recordings through the live pipeline, without a service."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli.console import AsJson, load_settings, run

if TYPE_CHECKING:
    from gateway.settings import Settings


def transcribe(
    files: Annotated[
        list[Path],
        typer.Argument(help="WAV or FLAC, stereo is agent left, customer right; or a capture (.pcap, .pcapng) of RTP."),
    ],
    playbook: Annotated[
        str | None, typer.Option(help="Playbook; default: the recording's, else the configured one.")
    ] = None,
    agent: Annotated[
        str | None, typer.Option(help="Captures: address, address:port, port or SSRC whose sound is the agent's.")
    ] = None,
    customer: Annotated[str | None, typer.Option(help="Captures: the same for the customer.")] = None,
    as_json: AsJson = False,
) -> None:
    """Transcribe recordings and print the same events as a live call, without partials; nothing is stored."""
    settings = load_settings()
    run(lambda: _transcribe(settings, files, playbook, agent, customer, as_json=as_json))


async def _transcribe(
    settings: Settings,
    files: list[Path],
    playbook: str | None,
    agent: str | None,
    customer: str | None,
    *,
    as_json: bool,
) -> None:
    from gateway.cli.narration import show
    from gateway.logs import quieten_logs
    from gateway.replay import Replayer
    from gateway.sources.rtp.streams import Choice

    quieten_logs(settings.log)
    async with Replayer(settings, on_envelope=partial(show, as_json=as_json)) as replayer:
        for file in files:
            await replayer.transcribe(file, playbook=playbook, choice=Choice(agent, customer))
