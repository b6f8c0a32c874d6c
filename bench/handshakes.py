"""How long phone platforms wait to be let in: many at once, while recognition idles and while it is saturated.

A server of its own is asked. Each platform says what it says first; the time to its upgrade is measured, and the time
to the protocol's own answer where it has one. What the measuring process takes is told apart; see ``bench.knocks``.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from uuid import uuid4

from bench.child_server import ChildServer, child_server
from bench.knocks import Greeting, Waited, knock
from bench.pouring import PARTIES, live_calls
from bench.timing import percentiles
from gateway.sources.native_messages import Media, Open

Recognition = Literal["idle", "saturated"]
SETTLE_S = 3.0
"""Between two rounds: the calls of one are over before the next."""
SATURATED_S = 12.0
"""How long the live calls go on before the connections come."""
AUDIOHOOK_KEY = "bench"


@dataclass(frozen=True, slots=True)
class HandshakePlan:
    """What is measured."""

    connections: int = 50
    """Of one platform at once."""
    rounds: int = 3
    recognition: tuple[Recognition, ...] = ("idle", "saturated")
    load_calls: int = 12
    """Live calls that saturate recognition: half as many again as two cores carry."""
    target_ms: float = 200.0
    """Of p99, of the upgrade and of the protocol's own answer."""


def greetings(key: str, number: int) -> Mapping[str, Greeting]:
    """Of every platform, for one call."""
    call, bearer = f"bench-{number}-{uuid4()}", {"Authorization": f"Bearer {key}"}
    started = {"event": "start", "sequenceNumber": "1", "streamSid": call, "start": _twilio_start(call)}
    media_start = {"event": "MEDIA_START", "channel_id": call, "format": "ulaw", "optimal_frame_size": 160, "ptime": 20}
    return {
        "native": Greeting(
            "/ingest/v1",
            bearer,
            first=(_native_open(),),
            is_answer=lambda message: message.get("type") in ("opened", "error"),
        ),
        "twilio": Greeting(
            "/ingest/twilio",
            first=(json.dumps({"event": "connected", "protocol": "Call", "version": "1.0.0"}), json.dumps(started)),
        ),
        "audiohook": _audiohook(call),
        "audio_stream": Greeting(
            "/ingest/audio_stream", bearer, first=(json.dumps({"call": call, "channels": "customer,agent"}),)
        ),
        "audio_fork": Greeting(
            "/ingest/audio_fork", bearer, "audio.drachtio.org", (json.dumps({"call": call, "role": "customer"}),)
        ),
        "jambonz": Greeting(
            "/ingest/jambonz", bearer, "audio.jambonz.org", (json.dumps({"callSid": call, "mixType": "stereo"}),)
        ),
        "chan_websocket": Greeting(
            f"/ingest/chan_websocket?call={call}&role=customer",
            bearer,
            "media",
            (json.dumps(media_start),),
            is_answer=lambda message: message.get("command") == "SET_MEDIA_DIRECTION",
        ),
        "vonage": Greeting(
            "/ingest/vonage",
            bearer,
            first=(json.dumps({"event": "websocket:connected", "content-type": "audio/l16;rate=8000", "call": call}),),
        ),
        "funasr": Greeting(
            "/ingest/funasr",
            bearer,
            "binary",
            (json.dumps({"mode": "2pass", "audio_fs": 8000, "wav_name": call, "is_speaking": True}),),
        ),
    }


def _native_open() -> str:
    return Open(media=Media(encoding="mulaw", rate_hz=8_000, channels=PARTIES)).model_dump_json()


def _twilio_start(call: str) -> Mapping[str, Any]:
    media = {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1}
    tracks = ["inbound", "outbound"]
    return {"streamSid": call, "accountSid": "AC", "callSid": call, "tracks": tracks, "mediaFormat": media}


def _audiohook(call: str) -> Greeting:
    session, organisation = str(uuid4()), str(uuid4())
    headers = {
        "Audiohook-Organization-Id": organisation,
        "Audiohook-Session-Id": session,
        "Audiohook-Correlation-Id": str(uuid4()),
        "X-API-KEY": AUDIOHOOK_KEY,
    }
    parameters = {
        "organizationId": organisation,
        "conversationId": str(uuid4()),
        "participant": {"id": str(uuid4()), "ani": "", "aniName": "", "dnis": ""},
        "media": [{"type": "audio", "format": "PCMU", "channels": ["external", "internal"], "rate": 8000}],
        "language": "zh-cn",
    }
    envelope = {"version": "2", "type": "open", "id": session, "seq": 1, "serverseq": 0, "position": "PT0S"}
    return Greeting(
        "/ingest/audiohook",
        headers,
        first=(json.dumps({**envelope, "parameters": parameters}),),
        is_answer=lambda message: message.get("type") == "opened",
    )


async def measure_handshakes(
    recordings: Sequence[Path], plan: HandshakePlan, *, on_progress: Callable[[str], None]
) -> Mapping[str, object]:
    """The report; raises UnavailableError "bench-server" when the server cannot be started."""
    report: dict[str, dict[str, Any]] = {}
    for recognition in plan.recognition:
        async with _server() as server, _load(server, recordings, recognition, plan):
            report[recognition] = await _all_platforms(server, plan, recognition, on_progress)
    reasons = failings(report, plan.target_ms)
    return {
        "connections_at_once": plan.connections,
        "rounds": plan.rounds,
        "target_p99_ms": plan.target_ms,
        "passes": not reasons,
        "reasons": reasons,
        "recognition": report,
    }


def failings(report: Mapping[str, Mapping[str, Any]], target_ms: float) -> Sequence[str]:
    """Where connections waited too long or were not answered."""
    found: list[str] = []
    for recognition, platforms in report.items():
        for name, figures in platforms.items():
            if figures["unanswered"]:
                found.append(f"{recognition}: {name}: {figures['unanswered']} unanswered")
            elif max(figures["upgrade_ms"]["p99"], figures["opened_ms"]["p99"]) > target_ms:
                found.append(f"{recognition}: {name}: late")
    return found


@asynccontextmanager
async def _server() -> AsyncGenerator[ChildServer]:
    changes = {
        "LIVECUE_SOURCES__TWILIO__UNSIGNED": "true",
        "LIVECUE_SOURCES__AUDIOHOOK__KEYS": json.dumps({AUDIOHOOK_KEY: ""}),
        "LIVECUE_LIMITS__MAX_CALLS": "1000",
        "LIVECUE_LIMITS__GRACE_S": "1",
        "LIVECUE_LIMITS__FINAL_WAIT_S": "3600",
        "LIVECUE_LIMITS__RECOGNISER_SHARE": "1000",
    }
    async with child_server(changes) as server:
        yield server


@asynccontextmanager
async def _load(
    server: ChildServer, recordings: Sequence[Path], recognition: Recognition, plan: HandshakePlan
) -> AsyncGenerator[None]:
    """Live calls of another process, more than are carried."""
    if recognition != "saturated":
        yield
        return
    async with live_calls(server, recordings[0], plan.load_calls):
        await asyncio.sleep(SATURATED_S)
        yield


async def _all_platforms(
    server: ChildServer, plan: HandshakePlan, recognition: Recognition, on_progress: Callable[[str], None]
) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    for name in greetings("", 0):
        on_progress(f"{recognition}: {name}")
        waited: list[Waited] = []
        for _ in range(plan.rounds):
            await asyncio.sleep(SETTLE_S)
            all_greetings = [greetings(server.key, number)[name] for number in range(plan.connections)]
            waited += await asyncio.to_thread(knock, server.url, all_greetings)
        has_answer = greetings("", 0)[name].is_answer is not None
        figures[name] = {
            "unanswered": sum(one.upgrade_ms is None or (has_answer and one.opened_ms is None) for one in waited),
            "upgrade_ms": percentiles(one.upgrade_ms for one in waited),
            "opened_ms": percentiles(one.opened_ms for one in waited),
            "client_ms": percentiles(one.client_ms for one in waited),
        }
    return figures
