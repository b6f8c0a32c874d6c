"""Whether sound arrives on each leg, and whether somebody is heard there."""

from __future__ import annotations

from collections.abc import Sequence

from assist.legs.findings import Finding
from assist.messages import AudioFrame, AudioGap, Decided, Party, SpeechStarted, Utterance

MISSING_AFTER_MS = 8_000
"""How far a leg's last sound may lie behind another's."""
SILENT_AFTER_MS = 12_000
"""How long the others may speak before a leg on which nobody was heard is told of."""
UNHEARD_REASONS = ("recogniser-failed", "lane-failed")
"""Why an utterance in which somebody did speak may have been dropped."""


class Arrival:
    """Finds legs on which no sound comes while another has some. A declared pause is no fault, a loss is no sound."""

    def __init__(self, parties: Sequence[Party]) -> None:
        self._last_ms: dict[Party, int] = dict.fromkeys(parties, 0)
        """Where the last sound of each leg ends."""
        self._behind_ms: dict[Party, int] = dict.fromkeys(parties, 0)
        """By how much a leg that came back goes on behind the others."""
        self._missing: dict[Party, int] = {}
        """By the position at which it was found."""

    def has_sound(self, party: Party) -> bool:
        """Whether any ever came."""
        return self._last_ms[party] > 0

    def take(self, item: AudioFrame | AudioGap) -> list[Finding]:
        """The next piece of a leg."""
        if isinstance(item, AudioGap):
            if item.cause != "paused":
                return []
            length_ms = item.end_ms - item.start_ms
        else:
            length_ms = len(item.pcm) // 2 * 1000 // item.rate_hz
        party = item.party
        found: list[Finding] = []
        if party in self._missing:
            newest_ms = max(self._last_ms.values())
            self._behind_ms[party] = max(0, newest_ms - item.start_ms - MISSING_AFTER_MS // 2)
            found.append(Finding("leg-missing", max(item.start_ms, self._missing.pop(party)), party, restored=True))
        end_ms = item.start_ms + self._behind_ms[party] + length_ms
        self._last_ms[party] = max(self._last_ms[party], end_ms)
        if isinstance(item, AudioGap):
            return found
        for other, last_ms in self._last_ms.items():
            if other not in self._missing and end_ms - last_ms >= MISSING_AFTER_MS:
                self._missing[other] = last_ms + MISSING_AFTER_MS
                found.append(Finding("leg-missing", self._missing[other], other))
        return found


class Voices:
    """Finds legs that carry sound but nobody's voice while others speak: audio in one direction only.

    It looks for the first words of each leg; who was heard once may listen for as long as they like.
    """

    def __init__(self, parties: Sequence[Party]) -> None:
        self._spoke_ms: dict[Party, int] = dict.fromkeys(parties, 0)
        self._open: dict[str, Party] = {}
        """Utterances that go on."""
        self._heard: set[Party] = set()
        self._silent: set[Party] = set()

    def hear(self, event: Decided, arrival: Arrival) -> list[Finding]:
        """What was decided next, in log order."""
        if isinstance(event, SpeechStarted):
            self._open[event.utterance_id] = event.party
            return []
        self._open.pop(event.utterance_id, None)
        is_voice = isinstance(event, Utterance) or event.reason in UNHEARD_REASONS
        if not is_voice:
            return []
        party = event.party
        found: list[Finding] = []
        self._heard.add(party)
        if party in self._silent:
            self._silent.discard(party)
            found.append(Finding("leg-silent", event.decided_ms, party, restored=True))
        self._spoke_ms[party] += event.end_ms - event.start_ms
        for other in self._spoke_ms:
            others_ms = sum(spoke_ms for who, spoke_ms in self._spoke_ms.items() if who != other)
            is_quiet = other not in self._heard and other not in self._silent and other not in self._open.values()
            if is_quiet and others_ms >= SILENT_AFTER_MS and arrival.has_sound(other):
                self._silent.add(other)
                found.append(Finding("leg-silent", event.decided_ms, other))
        return found

    def forget(self, at_ms: int) -> list[Finding]:
        """Begin anew: from here on the legs are other parties."""
        found = [Finding("leg-silent", at_ms, party, restored=True) for party in sorted(self._silent)]
        self._silent.clear()
        self._heard.clear()
        self._open.clear()
        self._spoke_ms = dict.fromkeys(self._spoke_ms, 0)
        return found
