"""Which audio store the settings pick."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from assist.errors import ConfigurationError
from assist.stores.audio import FlacAudioStore
from assist.stores.s3_audio import S3AudioStore
from gateway.settings import AudioSettings, Settings
from gateway.wiring.recordings import open_audio_store


async def test_recordings_are_files_unless_the_settings_name_a_bucket(tmp_path: Path) -> None:
    async with open_audio_store(Settings(data_dir=tmp_path)) as store:
        assert isinstance(store, FlacAudioStore)


async def test_a_service_starts_while_its_bucket_is_away(tmp_path: Path) -> None:
    audio = AudioSettings(
        store="s3://calls/sound",
        endpoint="http://127.0.0.1:9",
        region="x",
        access_key="a",
        secret_key=SecretStr("b" * 8),
    )
    async with open_audio_store(Settings(data_dir=tmp_path, audio=audio)) as store:
        assert isinstance(store, S3AudioStore)


@pytest.mark.parametrize("store", ["calls", "https://calls", "s3://", "s3:///calls", "s3://calls?x=1"])
async def test_other_addresses_are_refused(tmp_path: Path, store: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        async with open_audio_store(Settings(data_dir=tmp_path, audio=AudioSettings(store=store))):
            pass
    assert caught.value.code == "bad-audio-store"


async def test_half_a_key_is_refused(tmp_path: Path) -> None:
    audio = AudioSettings(store="s3://calls", access_key="a")
    with pytest.raises(ConfigurationError) as caught:
        async with open_audio_store(Settings(data_dir=tmp_path, audio=audio)):
            pass
    assert caught.value.code == "bad-audio-store"
