"""jambonz ``listen``: mod_audio_fork with a first text about the call, in its public form or as the raw object."""

from __future__ import annotations

import json
from typing import Any

from tests.support.platforms import TwoParties
from tests.support.platforms.audio_fork import AudioFork, basic, fork
from tests.support.platforms.audio_stream import Mix

PATH = "/ingest/jambonz"
SUBPROTOCOL = "audio.jambonz.org"


def first_text(call_sid: str, *, mix: Mix = "stereo", rate_hz: int = 8_000, **metadata: Any) -> str:
    """Of a ``listen`` on the call itself; the verb's metadata overrides what has the same name."""
    return json.dumps(
        {
            "sampleRate": rate_hz,
            "mixType": mix,
            "callSid": call_sid,
            "direction": "inbound",
            "from": "13800138000",
            "to": "10086",
            "callId": "sip-1@203.0.113.9",
            "sbcCallid": "sip-1",
            "sipStatus": 200,
            "sipReason": "OK",
            "callStatus": "in-progress",
            "accountSid": "acc-1",
            "applicationSid": "app-1",
            "traceId": "0af7651916cd43dd8448eb211c80319c",
        }
        | metadata
    )


def nested_text(call_sid: str, parent_sid: str, *, mix: Mix = "stereo", rate_hz: int = 8_000, **metadata: Any) -> str:
    """Of a ``listen`` inside ``dial``: the raw object of the outgoing leg."""
    return json.dumps(
        {
            "sampleRate": rate_hz,
            "mixType": mix,
            "direction": "outbound",
            "traceId": "0af7651916cd43dd8448eb211c80319c",
            "callerName": "",
            "callSid": call_sid,
            "parentCallSid": parent_sid,
            "accountSid": "acc-1",
            "applicationSid": "app-1",
            "from": "10086",
            "to": "1001",
            "callerId": "10086",
            "callId": "sip-2@203.0.113.9",
            "callStatus": "in-progress",
            "sipStatus": 200,
            "sipReason": "OK",
            "localSipAddress": "10.0.0.5:5060",
            "publicIp": "203.0.113.9",
        }
        | metadata
    )


async def play(server_url: str, sound: TwoParties, *, key: str, call: str, speed: float = 1.0) -> None:
    """A whole call, listened to from inside ``dial``."""
    stream = AudioFork(metadata=nested_text("leg-" + call, call, rate_hz=sound.rate_hz))
    await fork(server_url + PATH, stream, sound, headers=basic("livecue", key), speed=speed, subprotocol=SUBPROTOCOL)
