"""The sound of calls on its way out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assist.errors import NotFoundError
from assist.messages import Party
from assist.stores.audio import FlacAudioStore
from gateway.sound import CallSound


async def save(store: FlacAudioStore, spool: Path, call_id: str, level: int) -> None:
    legs: dict[Party, Path] = {"customer": spool / "customer.pcm"}
    legs["customer"].write_bytes(np.full(80, level, dtype="<i2").tobytes())
    await store.save(call_id, legs, 8_000)


async def customer(sound: CallSound, call_id: str) -> list[int]:
    return list((await sound.peaks(call_id)).parties["customer"])


async def test_a_call_without_a_recording_has_neither_sound_nor_a_picture_of_it(tmp_path: Path) -> None:
    sound = CallSound(FlacAudioStore(tmp_path / "audio"))
    for ask in (sound.file, sound.peaks):
        with pytest.raises(NotFoundError) as caught:
            await ask("c1")
        assert caught.value.code == "no-audio"


async def test_sound_that_was_stored_anew_is_pictured_anew(tmp_path: Path) -> None:
    store = FlacAudioStore(tmp_path / "audio")
    sound = CallSound(store)
    await save(store, tmp_path, "c1", 32_767)
    assert await customer(sound, "c1") == [255]
    await save(store, tmp_path, "c1", 0)
    assert await customer(sound, "c1") == [0]


async def test_only_the_pictures_of_the_last_calls_are_kept(tmp_path: Path) -> None:
    store = FlacAudioStore(tmp_path / "audio")
    sound = CallSound(store, kept_peaks=2)
    for call_id in ("c1", "c2", "c3"):
        await save(store, tmp_path, call_id, 32_767)
    first = await sound.peaks("c1")
    await sound.peaks("c2")
    assert await sound.peaks("c1") is first
    await sound.peaks("c3")
    await sound.peaks("c1")
    assert await sound.peaks("c1") is first
    await sound.peaks("c2")
    await sound.peaks("c3")
    assert await sound.peaks("c1") is not first
