"""The sound of one party from its RTP packets, in the order in which they arrived.

Time is the sender's: timestamps say where sound belongs, and what is missing between two packets becomes a gap,
"lost" where sequence numbers are missing too, "paused" where the sender was silent (comfort noise, silence
suppression). Packets are put in order within a bound, and duplicates left out. Where a sender begins anew (another
SSRC, a leap of sequence numbers or timestamps), the time of arrival says how much is missing.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Final, Literal

from asr.audio.codecs import decode
from assist.messages import Party
from gateway.sources.codec import Missing, Sound
from gateway.sources.rtp.packets import COMFORT_NOISE, ENCODINGS, RATE_HZ, RtpPacket

_SAMPLES_PER_MS: Final = RATE_HZ // 1000


@dataclass(frozen=True, slots=True)
class RtpLimits:
    """Bounds of one leg; each with its unit."""

    reorder_packets: int = 16
    """Packets that wait for one before them: 320 ms at 20 ms."""
    reorder_s: float = 0.5
    """How long they wait."""
    dropout_packets: int = 3_000
    """Sequence numbers further ahead are another stream (RFC 3550, appendix A.1)."""
    misorder_packets: int = 100
    """Sequence numbers further behind are another stream."""
    leap_s: float = 2.0
    """How far timestamps may be from the time of arrival before they are taken to have begun anew."""
    overlap_s: float = 0.2
    """How far timestamps may go back without that: packets that overlap follow each other."""
    gap_s: float = 3_600.0
    """Longest gap."""
    idle_s: float = 5.0
    """Without a packet; then what has passed is declared bit by bit, so that nobody waits for this leg."""


@dataclass(slots=True)
class RtpCounts:
    """What became of the packets of a leg."""

    packets: int = 0
    lost: int = 0
    """Sequence numbers that never came."""
    late: int = 0
    """Came when others had been played in their place."""
    duplicates: int = 0
    comfort_noise: int = 0
    other_payloads: int = 0
    """Neither G.711 nor comfort noise: DTMF events, other codecs."""
    restarts: int = 0
    strays: int = 0
    """Single packets of another stream."""


class RtpLeg:
    """One party's packets in, its sound and gaps out; G.711 of both laws, at 8 kHz."""

    def __init__(self, party: Party, begins_s: float, limits: RtpLimits | None = None) -> None:
        """``begins_s``: when the call began; what comes later has a gap before."""
        self._party: Party = party
        self._limits = limits or RtpLimits()
        self.counts = RtpCounts()
        self._ssrc: int | None = None
        self._doubted: tuple[RtpPacket, float] | None = None
        """What may be the first packet of another stream."""
        self._waiting: dict[int, tuple[RtpPacket, float]] = {}
        """By sequence number, counted on without wrapping."""
        self._next = 0
        """The sequence number that is due, counted on without wrapping."""
        self._played: deque[int] = deque(maxlen=self._limits.misorder_packets)
        """Sequence numbers, to know duplicates by."""
        self._has_hole = False
        self._due_timestamp: int | None = None
        """Where the next sound belongs; None: only its arrival says."""
        self._begins_s = begins_s
        self._arrived_s = begins_s
        """Of what was played or declared last."""
        self._position = 0
        """Samples and gaps so far, in samples."""
        self._owed = 0
        """Of gaps, below a millisecond."""

    def push(self, packet: RtpPacket, arrived_s: float) -> list[Sound | Missing]:
        """Take the next packet; what can be played now."""
        self.counts.packets += 1
        if self._ssrc is None:
            self._begin(packet)
        elif packet.ssrc != self._ssrc or not self._is_near(packet):
            return self._doubt(packet, arrived_s)
        self._doubted = None
        return self._queue(packet, arrived_s)

    def idle(self, now_s: float) -> list[Sound | Missing]:
        """What can be said of the time that has passed without a packet, less what may still be on its way."""
        if now_s - self._arrived_s < self._limits.idle_s:
            return []
        played = self._drain()
        known_s = min(max(0.0, now_s - self._arrived_s - self._limits.leap_s), self._limits.gap_s)
        gap = round(known_s * RATE_HZ)
        self._position += gap
        self._arrived_s += known_s
        if self._due_timestamp is not None:
            self._due_timestamp += gap
        return played + self._missing(gap, "paused")

    def finish(self) -> list[Sound | Missing]:
        """What still waits; no more packets will come."""
        if self._doubted is not None:
            self.counts.strays += 1
            self._doubted = None
        return self._drain()

    # --- order -------------------------------------------------------------------------------------------------

    def _begin(self, packet: RtpPacket) -> None:
        self._ssrc, self._next, self._due_timestamp = packet.ssrc, packet.sequence, None

    def _ahead(self, packet: RtpPacket) -> int:
        """How many sequence numbers a packet is ahead of the one that is due."""
        return _signed(packet.sequence - self._next, 16)

    def _is_near(self, packet: RtpPacket) -> bool:
        return -self._limits.misorder_packets <= self._ahead(packet) <= self._limits.dropout_packets

    def _doubt(self, packet: RtpPacket, arrived_s: float) -> list[Sound | Missing]:
        """Another stream begins where two packets of it follow each other; one alone is a stray."""
        doubted, self._doubted = self._doubted, (packet, arrived_s)
        if doubted is None:
            return []
        first, first_arrived_s = doubted
        if first.ssrc != packet.ssrc or _signed(packet.sequence - first.sequence, 16) != 1:
            self.counts.strays += 1
            return []
        self._doubted = None
        self.counts.restarts += 1
        played = self._drain()
        self._begin(first)
        return played + self._queue(first, first_arrived_s) + self._queue(packet, arrived_s)

    def _queue(self, packet: RtpPacket, arrived_s: float) -> list[Sound | Missing]:
        ahead = self._ahead(packet)
        number = self._next + ahead
        if ahead < 0 and number not in self._played:
            self.counts.late += 1
            return []
        if ahead < 0 or number in self._waiting:
            self.counts.duplicates += 1
            return []
        self._waiting[number] = (packet, arrived_s)
        return self._play_due(arrived_s)

    def _play_due(self, now_s: float) -> list[Sound | Missing]:
        played: list[Sound | Missing] = []
        while self._waiting:
            if self._next in self._waiting:
                played += self._play_next()
            elif len(self._waiting) > self._limits.reorder_packets or self._has_waited(now_s):
                self._give_up()
            else:
                break
        return played

    def _has_waited(self, now_s: float) -> bool:
        return now_s - min(arrived_s for _, arrived_s in self._waiting.values()) > self._limits.reorder_s

    def _give_up(self) -> None:
        """Go on with the next packet that is there."""
        first = min(self._waiting)
        self.counts.lost += first - self._next
        self._next, self._has_hole = first, True

    def _drain(self) -> list[Sound | Missing]:
        played: list[Sound | Missing] = []
        while self._waiting:
            if self._next not in self._waiting:
                self._give_up()
            played += self._play_next()
        return played

    def _play_next(self) -> list[Sound | Missing]:
        packet, arrived_s = self._waiting.pop(self._next)
        self._played.append(self._next)
        self._next += 1
        return self._play(packet, arrived_s)

    # --- time --------------------------------------------------------------------------------------------------

    def _play(self, packet: RtpPacket, arrived_s: float) -> list[Sound | Missing]:
        encoding = ENCODINGS.get(packet.payload_type)
        if encoding is None:
            is_noise = packet.payload_type == COMFORT_NOISE
            self.counts.comfort_noise += is_noise
            self.counts.other_payloads += not is_noise
            return []
        if not packet.payload:
            return []
        gap = self._gap_before(packet, arrived_s)
        played: list[Sound | Missing] = self._missing(gap, "lost" if self._has_hole else "paused")
        pcm = decode(encoding, packet.payload).astype("<i2").tobytes()
        samples = len(packet.payload)
        self._position += gap + samples
        self._due_timestamp = packet.timestamp + samples
        self._arrived_s, self._has_hole = arrived_s, False
        return [*played, Sound(self._party, pcm)]

    def _gap_before(self, packet: RtpPacket, arrived_s: float) -> int:
        """Samples that are missing before a packet."""
        longest = round(self._limits.gap_s * RATE_HZ)
        if self._due_timestamp is not None:
            gap = _signed(packet.timestamp - self._due_timestamp, 32)
            waited = max(0.0, arrived_s - self._arrived_s) * RATE_HZ
            if -self._limits.overlap_s * RATE_HZ <= gap <= waited + self._limits.leap_s * RATE_HZ:
                return min(max(0, gap), longest)
            self.counts.restarts += 1
        by_arrival = round((arrived_s - self._begins_s) * RATE_HZ) - self._position
        return min(max(0, by_arrival), longest)

    def _missing(self, gap: int, cause: Literal["lost", "paused"]) -> list[Sound | Missing]:
        duration_ms, self._owed = divmod(self._owed + gap, _SAMPLES_PER_MS)
        return [Missing(self._party, duration_ms, cause)] if duration_ms else []


def _signed(number: int, bits: int) -> int:
    """A difference of counters that wrap."""
    half = 1 << (bits - 1)
    return (number + half) % (1 << bits) - half
