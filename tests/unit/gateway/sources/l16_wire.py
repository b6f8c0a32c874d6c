"""What doors of linear sound are told of it."""

from __future__ import annotations

import json

from gateway.sources.audio_fork import door as fork_door
from gateway.sources.audio_fork import jambonz_door
from gateway.sources.audio_stream import door as stream_door
from gateway.sources.l16 import L16Limits
from gateway.sources.vonage import door as vonage_door
from tests.support.l16 import interleaved, samples

DOORS = (stream_door, fork_door, jambonz_door, vonage_door)
LIMITS = L16Limits()
CUSTOMER, AGENT = samples(800, 1), samples(800, 2)
STEREO = interleaved(CUSTOMER, AGENT)


def metadata(**fields: object) -> str:
    return json.dumps({"call": "pbx-9"} | fields)
