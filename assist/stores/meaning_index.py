"""All places of an archive in memory, looked through whole: numpy finds the nearest of millions in a tenth of a second.

An index that skips most of them (inverted lists, graphs) would have to be built, kept right and erased from, and does
not go with filters that leave few calls; here what is filtered out is left out exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from assist.messages import Party
from assist.stores.meanings import PARTY_CODES, PlacedCall

Float32Array = NDArray[np.float32]
Int8Array = NDArray[np.int8]
Int64Array = NDArray[np.int64]

BLOCK_ROWS = 65_536
"""Utterances that are kept together."""
PORTION_ROWS = 4_096
"""Utterances compared at once: their places as floats stay in the processor's cache."""
MOST_SMALL = 64
"""Blocks that are not full; what is looked through in pieces takes longer."""
LENGTH = 127
"""Of a place, as signed bytes."""
_NOWHERE = np.float32(-1.0)


@dataclass(frozen=True, slots=True)
class Near:
    """Calls by their nearest utterances, the nearest first."""

    call_nos: Int64Array
    likeness: Float32Array


@dataclass(slots=True)
class _Block:
    """Utterances of some calls; those of one call stand together."""

    places: Int8Array
    """(rows, width)"""
    parties: NDArray[np.uint8]
    """(rows,)"""
    call_nos: Int64Array
    """(calls,); -1: gone, its places are zeros."""
    starts: Int64Array
    """(calls,): first row of each."""

    def rows(self, at: int) -> slice:
        end = int(self.starts[at + 1]) if at + 1 < len(self.starts) else len(self.places)
        return slice(int(self.starts[at]), end)

    def call(self, at: int) -> PlacedCall:
        """As it was put in."""
        rows = self.rows(at)
        return PlacedCall(int(self.call_nos[at]), 0, self.parties[rows].tobytes(), self.places[rows].tobytes())


@dataclass(slots=True)
class MeaningIndex:
    """Places by call. Not for several threads at once, except that ``nearest`` may run beside others of itself."""

    width: int
    version: int = 0
    """Of the latest that was put in."""
    _blocks: list[_Block] = field(default_factory=list[_Block])
    _where: dict[int, tuple[_Block, int]] = field(default_factory=dict[int, "tuple[_Block, int]"])
    _versions: dict[int, int] = field(default_factory=dict[int, int])
    """Of all calls, also of those without utterances, which lie nowhere."""

    def __len__(self) -> int:
        """Calls."""
        return len(self._versions)

    @property
    def versions(self) -> Mapping[int, int]:
        """By the call's number."""
        return self._versions

    @property
    def utterances(self) -> int:
        return sum(len(block.places) for block in self._blocks)

    def held(self) -> bytes:
        """Every byte of every place that is in memory."""
        return b"".join(block.places.tobytes() for block in self._blocks)

    def put(self, calls: Sequence[PlacedCall]) -> None:
        """Add calls, in place of what is there of them."""
        self.remove(call.call_no for call in calls)
        self._add(calls)
        self._versions.update({call.call_no: call.version for call in calls})
        self.version = max([self.version, *(call.version for call in calls)])
        self._merge()

    def _add(self, calls: Sequence[PlacedCall]) -> None:
        for some in _portions(calls):
            parties = np.frombuffer(b"".join(call.parties for call in some), np.uint8)
            places = np.frombuffer(b"".join(call.places for call in some), np.int8).reshape(len(parties), self.width)
            lengths = [len(call.parties) for call in some]
            starts = np.cumsum([0, *lengths[:-1]], dtype=np.int64)
            block = _Block(places.copy(), parties.copy(), np.array([call.call_no for call in some]), starts)
            self._blocks.append(block)
            self._where.update({call.call_no: (block, at) for at, call in enumerate(some)})

    def remove(self, call_nos: Iterable[int]) -> None:
        """Let nothing of these calls stay in memory."""
        for call_no in call_nos:
            self._versions.pop(call_no, None)
            if (found := self._where.pop(call_no, None)) is not None:
                block, at = found
                block.places[block.rows(at)] = 0
                block.call_nos[at] = -1

    def nearest(
        self, asked: Mapping[Party | None, bytes], *, among: Int64Array | None, least: float, most: int
    ) -> Near:
        """The calls in which something like each of the sentences was said by its party (None: by anybody).

        The likeness of a call is the mean over the sentences of that of its nearest utterance. ``among``: numbers of
        the calls that may be found, None: all; ``least``: likeness from which on one is found; at most ``most``.
        """
        allowed = None if among is None else np.sort(among)
        comparison = _Comparison(asked, self.width)
        call_nos, likeness = [np.empty(0, np.int64)], [np.empty(0, np.float32)]
        for block in self._blocks[:]:
            is_allowed = block.call_nos >= 0
            if allowed is not None:
                is_allowed &= _is_in(block.call_nos, allowed)
            if is_allowed.any():
                call_nos.append(block.call_nos[is_allowed])
                likeness.append(comparison.likeness(block)[is_allowed])
        return _best(np.concatenate(call_nos), np.concatenate(likeness), least=least, most=most)

    def lines_like(
        self, call_no: int, asked: Mapping[Party | None, bytes], *, least: float, most: int
    ) -> list[tuple[int, float]]:
        """Places in the call of the utterances that are like a sentence, and how like, the likest first."""
        if (found := self._where.get(call_no)) is None:
            return []
        block, at = found
        rows = block.rows(at)
        likeness = np.max(_Comparison(asked, self.width).of(block.places[rows], block.parties[rows]), axis=0)
        order = np.argsort(-likeness, kind="stable")[:most]
        return [(int(row), float(likeness[row])) for row in order if likeness[row] >= least]

    def _merge(self) -> None:
        """Blocks that are not full become few; the room of what is gone becomes free with them."""
        small = [block for block in self._blocks if len(block.places) < BLOCK_ROWS // 2 or (block.call_nos < 0).any()]
        if len(small) < MOST_SMALL:
            return
        self._blocks = [block for block in self._blocks if all(block is not one for one in small)]
        calls = [block.call(at) for block in small for at in np.flatnonzero(block.call_nos >= 0).tolist()]
        for call in calls:
            del self._where[call.call_no]
        self._add(calls)


class _Comparison:
    """Utterances beside the sentences that are asked for; memory for one portion of them, used again and again."""

    def __init__(self, asked: Mapping[Party | None, bytes], width: int) -> None:
        self._asked = [
            (None if party is None else PARTY_CODES[party], np.frombuffer(place, np.int8) / np.float32(LENGTH**2))
            for party, place in asked.items()
        ]
        self._floats = np.empty((PORTION_ROWS, width), np.float32)

    def likeness(self, block: _Block) -> Float32Array:
        """(calls,) of a block: the mean over the sentences of the call's nearest utterance."""
        best = [np.maximum.reduceat(one, block.starts) for one in self.of(block.places, block.parties)]
        return np.mean(best, axis=0)

    def of(self, places: Int8Array, parties: NDArray[np.uint8]) -> list[Float32Array]:
        """(rows,) for each sentence: the cosine, -1 where another party speaks."""
        found = [np.empty(len(places), np.float32) for _ in self._asked]
        for start in range(0, len(places), PORTION_ROWS):
            some = slice(start, start + PORTION_ROWS)
            floats = self._floats[: len(places[some])]
            floats[:] = places[some]
            for one, (_, place) in zip(found, self._asked, strict=True):
                np.dot(floats, place, out=one[some])
        for one, (code, _) in zip(found, self._asked, strict=True):
            if code is not None:
                one[parties != code] = _NOWHERE
        return found


def _best(call_nos: Int64Array, likeness: Float32Array, *, least: float, most: int) -> Near:
    """Of equals the call that was archived last comes first, as with words."""
    is_found = np.flatnonzero(likeness >= least)
    if len(is_found) > most:
        last = np.partition(likeness[is_found], -most)[-most]
        is_found = is_found[likeness[is_found] >= last]
    order = is_found[np.lexsort((-call_nos[is_found], -likeness[is_found]))][:most]
    return Near(call_nos[order], likeness[order])


def _is_in(call_nos: Int64Array, allowed: Int64Array) -> NDArray[np.bool_]:
    """``allowed`` is in order."""
    if not len(allowed):
        return np.zeros(len(call_nos), np.bool_)
    at = np.minimum(np.searchsorted(allowed, call_nos), len(allowed) - 1)
    return allowed[at] == call_nos


def _portions(calls: Sequence[PlacedCall]) -> Iterator[list[PlacedCall]]:
    """Calls for a block each: none without utterances, which could not be told from the next one."""
    rows = 0

    def number(call: PlacedCall) -> int:
        nonlocal rows
        rows += len(call.parties)
        return (rows - 1) // BLOCK_ROWS

    for _, some in groupby([call for call in calls if call.parties], key=number):
        yield list(some)
