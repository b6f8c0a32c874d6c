"""Which party the sound of each stream belongs to: exchanged, it goes to the other from one position on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from assist.errors import InputError
from assist.messages import AudioFrame, AudioGap, Leg, Party

SAMPLE_BYTES = 2


class LegRouting:
    """Sources go on naming the parties as which they opened their streams; what they mean is decided here."""

    def __init__(self, legs: Sequence[Leg]) -> None:
        self._legs = {leg.party: leg for leg in legs}
        self._party_of: dict[Party, Party] = {leg.party: leg.party for leg in legs}
        self._from_ms: dict[Party, int] = {leg.party: 0 for leg in legs}
        """Sound of a stream before this position was declared lost when the legs were exchanged."""
        self._owed_samples: dict[Party, int] = {leg.party: 0 for leg in legs}
        """How much of each stream was declared lost then and is still to come, as sound or as a gap."""

    @property
    def is_exchanged(self) -> bool:
        """Whether streams are the other party's than they said."""
        return any(stream != party for stream, party in self._party_of.items())

    def party_of(self, stream: Party) -> Party:
        """Whose sound a stream carries now."""
        return self._party_of[stream]

    def behind_ms(self, stream: Party) -> int:
        """How far a stream is behind the end of its party's leg, which was padded when the legs were exchanged."""
        return -(-self._owed_samples[stream] * 1000 // self._legs[stream].rate_hz)

    def route(self, item: AudioFrame | AudioGap) -> AudioFrame | AudioGap | None:
        """The next piece of a stream as the party's that it is; None where nothing is left of it."""
        party = self._party_of[item.party]
        self._owed_samples[item.party] = max(0, self._owed_samples[item.party] - self._samples(item))
        from_ms = self._from_ms[item.party]
        if item.start_ms >= from_ms:
            return item if party == item.party else _of(item, party)
        if isinstance(item, AudioGap):
            if item.end_ms <= from_ms:
                return None
            return item.model_copy(update={"party": party, "start_ms": from_ms})
        rest = item.pcm[(from_ms - item.start_ms) * item.rate_hz // 1000 * SAMPLE_BYTES :]
        return replace(item, party=party, start_ms=from_ms, pcm=rest) if rest else None

    def pad(self, stream: Party, end_ms: int) -> AudioGap:
        """A millisecond more that the party of a stream lost, at the end of its leg; the stream's sound of it is not
        heard."""
        self._owed_samples[stream] += self._legs[stream].rate_hz // 1000
        self._from_ms[stream] = end_ms + 1
        return AudioGap(party=self._party_of[stream], start_ms=end_ms, end_ms=end_ms + 1, cause="lost")

    def exchange(self, ends_ms: Mapping[Party, int]) -> tuple[int, tuple[AudioGap, ...]]:
        """From the highest of these ends on the parties are exchanged; what brings the shorter leg there.

        ``ends_ms``: end position of every leg. Raises InputError "legs-not-exchangeable".
        """
        self.require_two()
        at_ms = max(ends_ms.values())
        padding = tuple(
            AudioGap(party=party, start_ms=end_ms, end_ms=at_ms, cause="lost")
            for party, end_ms in ends_ms.items()
            if end_ms < at_ms
        )
        for stream, party in self._party_of.items():
            self._owed_samples[stream] += (at_ms - ends_ms[party]) * self._legs[stream].rate_hz // 1000
        one, other = self._party_of
        self._party_of[one], self._party_of[other] = self._party_of[other], self._party_of[one]
        self._from_ms = dict.fromkeys(self._from_ms, at_ms)
        return at_ms, padding

    def _samples(self, item: AudioFrame | AudioGap) -> int:
        if isinstance(item, AudioGap):
            return (item.end_ms - item.start_ms) * self._legs[item.party].rate_hz // 1000
        return len(item.pcm) // SAMPLE_BYTES

    def require_two(self) -> None:
        """Raises InputError "legs-not-exchangeable" unless there are an agent's and a customer's leg of one rate."""
        rates = {leg.rate_hz for leg in self._legs.values()}
        if self._legs.keys() != {"agent", "customer"} or len(rates) != 1:
            raise InputError(
                "Only calls with a leg of the agent and one of the customer, at the same rate, can be exchanged.",
                code="legs-not-exchangeable",
            )


def _of(item: AudioFrame | AudioGap, party: Party) -> AudioFrame | AudioGap:
    if isinstance(item, AudioGap):
        return item.model_copy(update={"party": party})
    return replace(item, party=party)
