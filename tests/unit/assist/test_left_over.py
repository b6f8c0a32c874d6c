"""What is left in the spool is brought into the stores as soon as they take it, and told once."""

from collections.abc import Mapping
from datetime import UTC
from pathlib import Path

from assist.errors import StoreError
from assist.messages import Envelope, Party
from assist.ports import Rates
from assist.recovery import LeftOver
from assist.spool import CallSpool
from tests.support.envelopes import closed, log, opened
from tests.support.fakes import STEREO, FakeAudioStore, FakeStore, ticking_clock


class FullAudioStore(FakeAudioStore):
    """Takes nothing while it is full."""

    is_full = True

    async def save(self, call_id: str, legs: Mapping[Party, Path], rate_hz: Rates) -> None:
        if self.is_full:
            raise StoreError("The disk is full.", code="audio-store-unavailable")
        await super().save(call_id, legs, rate_hz)


def spool(directory: Path, envelopes: list[Envelope]) -> None:
    """A call that is over and waits for its stores."""
    files = CallSpool(directory / envelopes[0].call_id, STEREO)
    files.leg("agent").append(0, bytes(16 * 500))
    for envelope in envelopes:
        files.append(envelope)
    files.close()


def calls_in(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


async def test_what_a_store_refused_is_brought_in_when_it_takes_it_and_told_once(tmp_path: Path) -> None:
    store, sound, told = FakeStore(), FullAudioStore(), list[str]()
    left_over = LeftOver(
        tmp_path,
        is_live=lambda call_id: call_id == "live",
        store=store,
        audio_store=sound,
        now=ticking_clock(),
        zone=UTC,
        on_closed=told.append,
    )
    call = log("over", opened(), closed())
    spool(tmp_path, call)
    spool(tmp_path, log("live", opened()))
    store.failing = True
    assert await left_over.complete() == []
    assert left_over.waiting == 1
    store.failing = False
    assert await left_over.complete() == ["over"]
    assert list(store.logs["over"].values()) == call
    # The recording is still to be saved.
    assert await left_over.complete() == []
    assert calls_in(tmp_path) == ["live", "over"]
    sound.is_full = False
    assert await left_over.complete() == []
    assert sound.saved == {"over": {"agent": 8_000}}
    assert told == ["over"]
    assert left_over.waiting == 0
    assert calls_in(tmp_path) == ["live"]
