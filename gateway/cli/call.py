"""``livecue call``: a recording played into a running service as a live phone call."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit, urlunsplit

import typer

from assist.errors import AuthenticationError, InputError, UnavailableError
from gateway.cli.console import AGENT_LEG, RECORDING, AsJson, CustomerLeg, DataDir, load_settings, run

if TYPE_CHECKING:
    from gateway.client import CallClient, CallResult

INGEST_PATH = "/ingest/v1"
SCHEMES = {"ws": "ws", "wss": "wss", "http": "ws", "https": "wss"}


def call(
    file: Annotated[Path, typer.Argument(help=RECORDING)],
    url: Annotated[str | None, typer.Option(help="ws://HOST:PORT of the service; default: the configured one.")] = None,
    key: Annotated[str | None, typer.Option(envvar="LIVECUE_API_KEY", help="API key; default: this machine's.")] = None,
    speed: Annotated[float, typer.Option(min=0, help="1 is real time; 0 as fast as the service takes it.")] = 1.0,
    agent: Annotated[str | None, typer.Option(help="agent_id of the call.")] = None,
    agent_leg: Annotated[str | None, typer.Option("--agent-leg", help=AGENT_LEG)] = None,
    customer_leg: CustomerLeg = None,
    call_id: Annotated[str | None, typer.Option(help="Id of the call; default: the service makes one.")] = None,
    playbook: Annotated[
        str | None, typer.Option(help="Playbook; default: the recording's, else the service's.")
    ] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Play a recording as a live call and print what Livecue makes of it."""
    settings = load_settings(data_dir=data_dir)
    address = ingest_url(url or f"ws://{settings.host}:{settings.port}")
    secret = key or _local_key(settings.cli_key_path)

    async def play() -> CallResult:
        client = await asyncio.to_thread(
            _open_client,
            file,
            address,
            secret,
            speed=speed,
            agent=agent,
            agent_leg=agent_leg,
            customer_leg=customer_leg,
            call_id=call_id,
            playbook=playbook,
            as_json=as_json,
        )
        return await client.run()

    result = run(play)
    if result.cause != "hangup":
        raise UnavailableError(f"The call ended with {result.cause or 'a lost connection'}.", code="call-incomplete")


def ingest_url(url: str) -> str:
    """A whole ingest address from a bare one. Raises InputError "bad-url"."""
    parts = urlsplit(url)
    if parts.scheme not in SCHEMES or not parts.netloc:
        raise InputError(f"{url!r} is no address such as ws://127.0.0.1:8765.", code="bad-url")
    path = parts.path if parts.path.strip("/") else INGEST_PATH
    return urlunsplit((SCHEMES[parts.scheme], parts.netloc, path, parts.query, ""))


def _local_key(path: Path) -> str:
    from gateway.first_run import read_local_key

    key = read_local_key(path)
    if key is None:
        raise AuthenticationError(
            "No API key: give --key or LIVECUE_API_KEY, or start `livecue serve` on this machine first.", code="no-key"
        )
    return key


def _open_client(
    file: Path,
    url: str,
    key: str,
    *,
    speed: float,
    agent: str | None,
    agent_leg: str | None,
    customer_leg: str | None,
    call_id: str | None,
    playbook: str | None,
    as_json: bool,
) -> CallClient:
    from assist.messages import Agent
    from gateway.call_audio import read_call_sound
    from gateway.cli.narration import show
    from gateway.client import CallClient
    from gateway.sidecar import read_parties, read_playbook
    from gateway.sources.native_messages import Open
    from gateway.sources.rtp.streams import Choice

    sound = read_call_sound(file, Choice(agent_leg, customer_leg))
    known_agent, customer = read_parties(file)
    if agent is not None:
        known_agent = Agent(agent_id=agent, name=known_agent.name if known_agent else "")
    opening = Open(
        call_id=call_id,
        media=sound.media,
        framing=sound.framing,
        agent=known_agent,
        customer=customer,
        playbook=playbook or read_playbook(file),
        events="all",
        pace="live" if speed else "replay",
    )
    return CallClient(url, key, opening, sound, speed=speed, on_envelope=partial(show, as_json=as_json))
