"""One suite for every form of text classifier: tiny generated directories, run as calls run them."""

from __future__ import annotations

import json
import shutil
from collections.abc import AsyncGenerator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, cast, get_args

import numpy as np
import pytest
import torch

from assist.errors import ConfigurationError, ModelFilesError
from assist.messages import ActSignal, EmotionSignal, IntentSignal
from models.directory import fingerprint
from models.engine import Engine
from nlp.backends import BackendName
from nlp.backends.analyser import ClassifierAnalyser, ClassifierUse, SignalKind
from nlp.backends.classifier import ClassifierRunner, Float32Array
from nlp.backends.loading import ClassifierChoice, load_analysers, load_classifier
from nlp.backends.location import locate_classifier
from tests.support.dialogue import playbook_of, utterance_of
from tests.support.tiny_classifier import LABELS, export_onnx, write_onnx_classifier, write_transformers_classifier

WRITERS: dict[BackendName, Callable[..., Path]] = {
    "onnx": write_onnx_classifier,
    "transformers": write_transformers_classifier,
}
FILES: dict[BackendName, str] = {"onnx": "model.onnx", "transformers": "model.safetensors"}
ODD = {
    "nothing": "",
    "blank": " \u3000\n",
    "a character": "好",
    "very long": "我要投诉你们" * 2_000,
    "emoji": "😡😡👨‍👩‍👧🇨🇳",
    "digits": "10086 13800138000",
    "foreign": "I want to cancel, спасибо",
    "junk": "\x00\ufffd\u202e\ud7ff～～…",
}
PLAYBOOK = playbook_of("  - {id: r, phrase: 您好, set: {a: 1}}")


@pytest.fixture(autouse=True)
def torch_threads() -> Iterator[None]:
    """The backend takes threads from the whole process; other tests want them back."""
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


@pytest.fixture(params=get_args(BackendName))
def backend(request: pytest.FixtureRequest) -> BackendName:
    return cast(BackendName, request.param)


@pytest.fixture
def directory(backend: BackendName, tmp_path: Path) -> Path:
    return WRITERS[backend](tmp_path / "theirs")


@pytest.fixture
def runner(backend: BackendName, directory: Path) -> ClassifierRunner:
    return load(backend, directory)


@pytest.fixture
async def engine() -> AsyncGenerator[Engine]:
    engine = Engine(workers=1)
    yield engine
    await engine.close()


def load(backend: BackendName, directory: Path) -> ClassifierRunner:
    return load_classifier(ClassifierChoice(backend, str(directory)), directory.parent)


def run(runner: ClassifierRunner, *texts: str) -> list[Float32Array]:
    found = runner.run(texts)
    assert not any(isinstance(one, Exception) for one in found)
    return cast("list[Float32Array]", list(found))


@pytest.mark.parametrize("text", ODD.values(), ids=ODD.keys())
def test_any_text_has_probabilities(runner: ClassifierRunner, text: str) -> None:
    (found,) = run(runner, text)
    assert found.shape == (len(LABELS),)
    assert np.isfinite(found).all()
    assert float(found.sum()) == pytest.approx(1.0, abs=1e-5)


def test_a_batch_says_what_each_text_alone_says(runner: ClassifierRunner) -> None:
    texts = list(ODD.values())
    for text, found in zip(texts, run(runner, *texts), strict=True):
        np.testing.assert_allclose(found, run(runner, text)[0], atol=1e-5)


def test_the_last_words_of_a_long_text_count(runner: ClassifierRunner) -> None:
    ends = ["你们的流量多少钱" * 300 + end for end in ("我要投诉投诉投诉", "好的好的好的好的")]
    first, second = run(runner, *ends)
    assert not np.allclose(first, second, atol=1e-3)


def test_several_threads_may_ask_at_once(runner: ClassifierRunner) -> None:
    texts = ["我要退订", "好的谢谢你们", "1008611"] * 4
    alone = [run(runner, text)[0] for text in texts]
    with ThreadPoolExecutor(4) as threads:
        at_once = [found for (found,) in threads.map(partial(run, runner), texts)]
    np.testing.assert_allclose(at_once, alone, atol=1e-5)


def test_labels_are_those_of_the_config_in_its_order(runner: ClassifierRunner) -> None:
    assert runner.labels == LABELS
    assert not runner.is_multi_label


def test_labels_of_a_multi_label_model_have_probabilities_of_their_own(backend: BackendName, tmp_path: Path) -> None:
    directory = WRITERS[backend](tmp_path / "many", problem="multi_label_classification")
    runner = load(backend, directory)
    (found,) = run(runner, "我要投诉退订")
    assert runner.is_multi_label
    assert ((found >= 0) & (found <= 1)).all()
    assert float(found.sum()) != pytest.approx(1.0, abs=1e-3)


def test_the_name_says_which_files_spoke(runner: ClassifierRunner, directory: Path) -> None:
    assert runner.name == f"theirs@{fingerprint(directory)}"


@pytest.mark.parametrize(("signal", "made"), [("intent", IntentSignal), ("emotion", EmotionSignal), ("act", ActSignal)])
async def test_labels_become_the_signals_that_the_settings_say(
    engine: Engine, runner: ClassifierRunner, signal: SignalKind, made: type[object]
) -> None:
    call = ClassifierAnalyser(engine, runner, ClassifierUse(signal, min_score=0.0), "classifier-1").open_call(PLAYBOOK)
    utterance = utterance_of(1, "customer", "我要投诉", 1_000, 2_000, 0.9)
    (found,) = await call.analyse(utterance)
    assert isinstance(found, made)
    assert isinstance(found, IntentSignal | EmotionSignal | ActSignal)
    best = run(runner, "我要投诉")[0]
    assert (found.label, found.source) == (LABELS[int(best.argmax())], runner.name)
    assert found.score == pytest.approx(float(best.max()), abs=1e-3)
    assert await call.analyse(utterance) == [found]


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "the model"])
def test_a_missing_file_is_named(backend: BackendName, directory: Path, name: str) -> None:
    name = FILES[backend] if name == "the model" else name
    (directory / name).unlink()
    with pytest.raises(ModelFilesError, match=name) as caught:
        locate_classifier(backend, str(directory), directory)
    assert caught.value.code == "model-files-missing"


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "the model"])
def test_a_damaged_file_is_an_error_with_a_code(backend: BackendName, directory: Path, name: str) -> None:
    path = directory / (FILES[backend] if name == "the model" else name)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(ModelFilesError) as caught:
        load(backend, directory)
    assert caught.value.code == "model-files-damaged"


@pytest.mark.parametrize(
    "change",
    [
        {"id2label": None},
        {"problem_type": "regression"},
        {"id2label": {"0": "投诉", "1": "退订", "2": "其他", "3": "更多"}},
    ],
    ids=["no labels", "regression", "more labels than the network has"],
)
def test_what_is_no_classifier_is_refused(backend: BackendName, directory: Path, change: dict[str, Any]) -> None:
    config = json.loads((directory / "config.json").read_text("utf-8"))
    (directory / "config.json").write_text(json.dumps(config | change), "utf-8")
    with pytest.raises(ModelFilesError) as caught:
        load(backend, directory)
    assert caught.value.code in ("unsupported-model", "model-files-damaged")


def test_weights_without_a_classifier_on_top_are_refused(tmp_path: Path) -> None:
    directory = write_transformers_classifier(tmp_path / "theirs")
    from transformers import AutoModel

    encoder: Any = cast("Any", AutoModel).from_pretrained(str(directory), local_files_only=True)
    config = (directory / "config.json").read_bytes()
    encoder.save_pretrained(str(directory))
    (directory / "config.json").write_bytes(config)
    with pytest.raises(ModelFilesError, match="classifier") as caught:
        load("transformers", directory)
    assert caught.value.code == "unsupported-model"


def test_a_network_says_the_same_in_either_form(tmp_path: Path) -> None:
    directory = write_transformers_classifier(tmp_path / "theirs")
    export_onnx(directory)
    texts = list(ODD.values())
    forms = [run(load(backend, directory), *texts) for backend in get_args(BackendName)]
    np.testing.assert_allclose(forms[0], forms[1], atol=1e-5)


def test_no_hub_is_asked(backend: BackendName, tmp_path: Path) -> None:
    with pytest.raises(ModelFilesError) as caught:
        load_classifier(ClassifierChoice(backend, "hub:bert-base-chinese"), tmp_path)
    assert caught.value.code == "no-model-hub"


async def test_analysers_that_cannot_be_used_say_so_and_the_others_work(
    engine: Engine, backend: BackendName, directory: Path
) -> None:
    gone = str(directory / "gone")
    choices = [ClassifierChoice(backend, gone), ClassifierChoice(backend, str(directory), ClassifierUse(min_score=0.0))]
    missing, working = load_analysers(choices, directory, engine)
    assert (missing.kind, working.kind) == ("classifier-1", "classifier-2")
    utterance = utterance_of(1, "customer", "好的", 0, 400, 0.9)
    with pytest.raises(ConfigurationError):
        await missing.open_call(PLAYBOOK).analyse(utterance)
    assert len(await working.open_call(PLAYBOOK).analyse(utterance)) == 1


def test_a_copy_elsewhere_has_the_same_version(backend: BackendName, directory: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(directory, tmp_path / "elsewhere" / "theirs"))
    first, second = (locate_classifier(backend, str(path), tmp_path).label for path in (directory, copy))
    assert first == second
