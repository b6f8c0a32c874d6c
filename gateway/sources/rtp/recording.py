"""A capture of RTP as a recording: sound and gaps of its parties, each in order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from assist.errors import AudioFormatError
from assist.messages import Leg, Party
from gateway.sources.codec import Missing, Sound
from gateway.sources.rtp.capture import is_capture, read_packets
from gateway.sources.rtp.datagrams import Datagram, read_datagram
from gateway.sources.rtp.leg import RtpCounts, RtpLeg
from gateway.sources.rtp.packets import RATE_HZ, RtpPacket, read_rtp
from gateway.sources.rtp.streams import Choice, StreamKey, Survey

_ORDER: tuple[Party, ...] = ("agent", "customer", "mixed")


def is_capture_file(path: Path) -> bool:
    """Whether a file is a capture, by how it begins; False where it cannot be read."""
    try:
        with path.open("rb") as file:
            return is_capture(file.read(4))
    except OSError:
        return False


class CaptureRecording:
    """A capture whose streams were told apart; it is read a second time for its sound."""

    def __init__(self, path: Path, choice: Choice | None = None) -> None:
        """Raises AudioFormatError "broken-capture" and as ``Survey.legs``."""
        self._path = path
        survey = Survey()
        for datagram, packet, at_s in self._packets():
            survey.take(datagram, packet, at_s)
        self._parties: Mapping[StreamKey, Party] = survey.legs(choice or Choice())
        parties = sorted(set(self._parties.values()), key=_ORDER.index)
        self.legs = tuple(Leg(party=party, codec="pcm_s16le", rate_hz=RATE_HZ) for party in parties)
        self._sounds: dict[Party, RtpLeg] = {}

    @property
    def counts(self) -> Mapping[Party, RtpCounts]:
        """What became of the packets, once the sound was read."""
        return {party: sound.counts for party, sound in self._sounds.items()}

    def sounds(self) -> Iterator[Sound | Missing]:
        """Everything of all parties, in the order in which it was captured; read once.

        The call begins with the first packet of any party; who comes later has a gap before.
        """
        for datagram, packet, at_s in self._packets():
            party = self._parties.get(StreamKey(datagram.source, datagram.target, packet.ssrc))
            if party is None:
                continue
            if not self._sounds:
                self._sounds = {leg.party: RtpLeg(leg.party, at_s) for leg in self.legs}
            yield from self._sounds[party].push(packet, at_s)
            for sound in self._sounds.values():
                yield from sound.idle(at_s)
        for sound in self._sounds.values():
            yield from sound.finish()

    def _packets(self) -> Iterator[tuple[Datagram, RtpPacket, float]]:
        with self._open() as file:
            for captured in read_packets(file):
                datagram = read_datagram(captured.link_type, captured.data)
                packet = read_rtp(datagram.payload) if datagram is not None else None
                if datagram is not None and packet is not None:
                    yield datagram, packet, captured.at_s

    def _open(self) -> BinaryIO:
        try:
            return self._path.open("rb")
        except OSError as error:
            raise AudioFormatError(f"There is no file {self._path.name}.", code="missing-audio-file") from error
