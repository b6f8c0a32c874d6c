"""``livecue transcribe``: recordings through the live pipeline, without a service."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli.console import AGENT_LEG, RECORDING, AsJson, CustomerLeg, load_settings, run

if TYPE_CHECKING:
    from gateway.settings import Settings


def transcribe(
    files: Annotated[
        list[Path],
        typer.Argument(help=RECORDING),
    ],
    playbook: Annotated[
        str | None, typer.Option(help="Playbook; default: the recording's, else the configured one.")
    ] = None,
    agent_leg: Annotated[str | None, typer.Option("--agent-leg", "--agent", help=AGENT_LEG)] = None,
    customer_leg: CustomerLeg = None,
    as_json: AsJson = False,
) -> None:
    """Transcribe recordings and print the same events as a live call, without partials; nothing is stored."""
    settings = load_settings()
    run(lambda: _transcribe(settings, files, playbook, agent_leg, customer_leg, as_json=as_json))


async def _transcribe(
    settings: Settings,
    files: list[Path],
    playbook: str | None,
    agent_leg: str | None,
    customer_leg: str | None,
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
            await replayer.transcribe(file, playbook=playbook, choice=Choice(agent_leg, customer_leg))
