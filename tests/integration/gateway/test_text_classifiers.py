"""A service with text classifiers of others beside its own model of understanding."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any, cast

import pytest
from pydantic import ValidationError

from assist.advisor import Advisor
from assist.errors import ModelFilesError
from assist.journal import Journal
from assist.messages import Event, IntentSignal
from gateway.doctor import examine
from gateway.settings import Settings
from gateway.wiring import open_classifiers
from models.engine import Engine
from tests.support.dialogue import playbook_of, utterance_of
from tests.support.tiny_classifier import write_onnx_classifier

PLAYBOOK = playbook_of("  - {id: r, phrase: 您好, set: {a: 1}}")


class Log:
    """A journal's place in an advisor."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def append(self, event: Event) -> None:
        self.events.append(event)


@pytest.fixture
async def engine() -> AsyncGenerator[Engine]:
    engine = Engine(workers=1)
    yield engine
    await engine.close()


def settings_for(tmp_path: Path, *extra: dict[str, Any]) -> Settings:
    return Settings.model_validate({"data_dir": tmp_path, "models_dir": tmp_path, "nlu": {"extra": extra}})


async def test_classifiers_of_the_settings_speak_beside_each_other(tmp_path: Path, engine: Engine) -> None:
    directory = str(write_onnx_classifier(tmp_path / "theirs"))
    wants = {"backend": "onnx", "model": directory, "party": "customer", "min_score": 0.9}
    settings = settings_for(tmp_path, wants, {"backend": "onnx", "model": directory, "signal": "act"})
    analysers = await open_classifiers(settings, engine)
    assert [one.kind for one in analysers] == ["classifier-1", "classifier-2"]
    calls = [one.open_call(PLAYBOOK) for one in analysers]
    utterance = utterance_of(1, "customer", "我要投诉", 0, 800, 0.9)
    signals = [signal for call in calls for signal in await call.analyse(utterance)]
    assert [(signal.type, getattr(signal, "label", "")) for signal in signals] == [
        ("intent-signal", "投诉"),
        ("act-signal", "投诉"),
    ]
    assert isinstance(signals[0], IntentSignal)
    assert signals[0].source.startswith("theirs@")


async def test_a_service_starts_without_a_classifier_that_is_gone(tmp_path: Path, engine: Engine) -> None:
    settings = settings_for(tmp_path, {"backend": "onnx", "model": str(tmp_path / "gone")})
    (missing,) = await open_classifiers(settings, engine)
    with pytest.raises(ModelFilesError) as caught:
        await missing.open_call(PLAYBOOK).analyse(utterance_of(1, "customer", "好", 0, 300, 0.9))
    assert caught.value.code == "model-files-missing"


async def test_a_call_says_once_which_classifier_is_missing_and_hears_the_other(tmp_path: Path, engine: Engine) -> None:
    theirs = {"backend": "onnx", "model": str(write_onnx_classifier(tmp_path / "theirs"))}
    analysers = await open_classifiers(
        settings_for(tmp_path, {**theirs, "model": str(tmp_path / "gone")}, theirs), engine
    )
    log, degraded = Log(), list[tuple[str, str]]()
    opened = {one.kind: one.open_call(PLAYBOOK) for one in analysers}
    advisor = Advisor(cast(Journal, log), opened, PLAYBOOK, lambda part, code, _: degraded.append((part, code)))
    for number in (1, 2):
        await advisor.take(utterance_of(number, "customer", "我要投诉", 1_000 * number, 1_000 * number + 800, 0.9))
    assert degraded == [("analysis", "classifier-1-failed")]
    assert [event.utterance_id for event in log.events if isinstance(event, IntentSignal)] == ["u1", "u2"]


@pytest.mark.parametrize(("is_there", "state"), [(True, "ok"), (False, "warn")])
async def test_doctor_says_which_classifiers_can_be_used(tmp_path: Path, is_there: bool, state: str) -> None:
    directory = write_onnx_classifier(tmp_path / "theirs")
    if not is_there:
        (directory / "model.onnx").unlink()
    settings = settings_for(tmp_path, {"backend": "onnx", "model": str(directory)})
    found = {check.name: check for check in await examine(settings)}["classifiers"]
    assert found.state == state
    assert ("theirs@" if is_there else "model-files-missing") in found.found


def test_classifiers_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVECUE_NLU__EXTRA", '[{"backend": "onnx", "model": "/m", "signal": "emotion"}]')
    (chosen,) = Settings().nlu.extra
    assert (chosen.backend, chosen.signal, chosen.party, chosen.min_score) == ("onnx", "emotion", "all", 0.5)


@pytest.mark.parametrize("wrong", [{"backend": "keras"}, {"signal": "topic"}, {"min_score": 2}, {"model": None}])
def test_classifiers_that_cannot_be_are_refused(tmp_path: Path, wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        settings_for(tmp_path, {"backend": "onnx", "model": "/m", **wrong})


async def test_a_service_with_an_onnx_classifier_has_no_torch_in_memory(tmp_path: Path) -> None:
    directory = write_onnx_classifier(tmp_path / "theirs")
    code = (
        "import sys; from pathlib import Path; import gateway.wiring; "
        "from nlp.backends.loading import ClassifierChoice, load_classifier; "
        f"load_classifier(ClassifierChoice('onnx', {str(directory)!r}), Path({str(tmp_path)!r})); "
        "sys.exit(bool({'torch', 'transformers'} & set(sys.modules)))"
    )
    done = await asyncio.to_thread(subprocess.run, [sys.executable, "-c", code], check=False)
    assert done.returncode == 0


async def test_the_doctor_examines_an_installation_without_its_native_libraries() -> None:
    code = "import sys, gateway.doctor; sys.exit(bool({'onnxruntime', 'tokenizers', 'torch'} & set(sys.modules)))"
    done = await asyncio.to_thread(subprocess.run, [sys.executable, "-c", code], check=False)
    assert done.returncode == 0
