"""A service whose first recogniser cannot be used, and one that has only one."""

from __future__ import annotations

from pathlib import Path

import pytest

from assist.errors import ModelFilesError
from gateway.doctor import Check, examine
from gateway.metrics import Metrics
from gateway.model_settings import AsrSettings, FallbackSettings
from gateway.settings import Settings
from gateway.wiring import open_recognition
from tests.support.service import http_client, open_test_service
from tests.support.tiny_sherpa import write_paraformer
from tests.support.tiny_whisper import write_whisper


def settings_for(tmp_path: Path, *, is_first_there: bool) -> Settings:
    """Whisper first, if it is there, then Paraformer."""
    whisper = tmp_path / "whisper"
    if is_first_there:
        write_whisper(whisper)
    fallback = FallbackSettings(backend="sherpa", model=str(write_paraformer(tmp_path / "paraformer")))
    return Settings(data_dir=tmp_path, asr=AsrSettings(model=str(whisper), workers=2, fallbacks=(fallback,)))


async def test_the_next_recogniser_stands_in_for_one_that_is_not_there(tmp_path: Path) -> None:
    async with open_recognition(settings_for(tmp_path, is_first_there=False), Metrics()) as recognition:
        await recognition.warm_up()
        model = recognition.stand_in()
        assert model is not None
        assert model.startswith("paraformer@")
        assert recognition.transcriber.name == model


async def test_nothing_stands_in_while_the_first_recogniser_works(tmp_path: Path) -> None:
    async with open_recognition(settings_for(tmp_path, is_first_there=True), Metrics()) as recognition:
        await recognition.warm_up()
        assert recognition.stand_in() is None
        assert recognition.transcriber.name.startswith("whisper@")


async def test_without_any_recogniser_there_is_no_service(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, asr=AsrSettings(model=str(tmp_path / "gone")))
    with pytest.raises(ModelFilesError):
        async with open_recognition(settings, Metrics()):
            pass


@pytest.mark.parametrize(("is_first_there", "state"), [(True, "ok"), (False, "warn")])
async def test_doctor_says_which_recognisers_can_be_used(tmp_path: Path, is_first_there: bool, state: str) -> None:
    checks: dict[str, Check] = {
        check.name: check for check in await examine(settings_for(tmp_path, is_first_there=is_first_there))
    }
    assert checks["model"].state == state
    assert "paraformer@" in checks["model"].found


async def test_readiness_says_who_stands_in_and_calls_are_taken(tmp_path: Path) -> None:
    async with open_test_service(tmp_path) as service, http_client(service) as client:
        await service.readiness.started("recogniser")
        service.stand_in = lambda: "spare@1"
        answer = await client.get("/readyz")
    part = answer.json()["parts"]["recogniser"]
    assert answer.status_code == 200
    assert (part["state"], part["code"]) == ("impaired", "recogniser-fallback")
    assert "spare@1" in part["message"]
