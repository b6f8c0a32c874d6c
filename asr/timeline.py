"""Sample positions to call-clock milliseconds, and the account of where every millisecond of a leg went."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from asr.audio.codecs import decode
from asr.audio.resample import Resampler
from asr.audio.samples import RECOGNITION_RATE_HZ, Float32Array
from asr.listener import Heard, Listener
from assist.messages import GapCause, LegLedger, Party


class Stretch:
    """Audio without a break: its own filter, detector and segmenter, so nothing leaks across a gap.

    Position of sample n: ``start_ms + n * 1000 // rate_hz``, never beyond the end of the stretch.
    """

    def __init__(self, start_ms: int, rate_hz: int, listener: Listener) -> None:
        self.rate_hz = rate_hz
        self.listener = listener
        self._start_ms = start_ms
        self._samples = 0
        self._limit_ms: int | None = None
        self._resampler = Resampler(rate_hz)

    @property
    def end_ms(self) -> int:
        """Position after the last sample received."""
        return self._start_ms + self._samples * 1000 // self.rate_hz

    @property
    def judged_ms(self) -> int:
        """Position up to which decisions have been made."""
        return self.position_ms(self.listener.position)

    def position_ms(self, sample: int) -> int:
        """Call-clock position of a sample at 16 kHz."""
        position_ms = self._start_ms + sample * 1000 // RECOGNITION_RATE_HZ
        return position_ms if self._limit_ms is None else min(position_ms, self._limit_ms)

    def resample(self, pcm: bytes) -> Float32Array:
        """Received bytes as samples for ``listener.hear``. Raises AudioFormatError on an odd byte count."""
        samples = decode("pcm_s16le", pcm)
        self._samples += len(samples)
        return self._resampler.resample(samples)

    def finish(self) -> Iterator[Heard]:
        """The last decisions, as ``listener.hear`` gives them; no position lies beyond ``end_ms`` from here on."""
        self._limit_ms = self.end_ms
        yield from self.listener.hear(self._resampler.finish())
        yield from self.listener.finish()


class Account:
    """Fills in the ledger of one leg; silence is what is left over, so the ledger always adds up."""

    def __init__(self, party: Party) -> None:
        self._party: Party = party
        self._gaps_ms: Counter[GapCause] = Counter()
        self._transcribed_ms = 0

    def gap(self, cause: GapCause, span_ms: int) -> None:
        """Audio that never came."""
        self._gaps_ms[cause] += span_ms

    def transcribed(self, span_ms: int) -> None:
        """A segment that the recogniser answered."""
        self._transcribed_ms += span_ms

    def failed(self, span_ms: int) -> None:
        """A segment that the recogniser failed on."""
        self._gaps_ms["failed"] += span_ms

    def close(self, received_ms: int) -> LegLedger:
        """The ledger of a leg that ends at ``received_ms``."""
        gaps_ms = sum(self._gaps_ms.values())
        return LegLedger(
            party=self._party,
            received_ms=received_ms,
            transcribed_ms=self._transcribed_ms,
            silence_ms=received_ms - self._transcribed_ms - gaps_ms,
            gaps_ms=gaps_ms,
            lost_ms=self._gaps_ms["lost"],
            shed_ms=self._gaps_ms["shed"],
            paused_ms=self._gaps_ms["paused"],
            failed_ms=self._gaps_ms["failed"],
        )
