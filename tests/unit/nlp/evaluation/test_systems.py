"""What can be judged, over a model of a few kilobytes."""

from __future__ import annotations

from pathlib import Path

import pytest

from assist.errors import ModelFilesError
from nlp.evaluation.systems import LinearHalf, Majority, NetworkAlone, RulesAlone, load_whole
from nlp.understanding.model import FILES, TurnText
from tests.support.tiny_understanding import write_understanding

THANKS = TurnText("谢谢", "", "customer")


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_understanding(tmp_path_factory.mktemp("models") / "tiny")


def test_the_whole_model_finds_labels_and_entities(directory: Path) -> None:
    model = load_whole(directory, "tiny@1")
    found = model.understand(THANKS)
    assert (found.intents[0].label, found.emotion.label, found.acts[0].label) == ("thank", "happy", "thank")
    (amount,) = model.understand(TurnText("要三十九", "", "customer")).entities
    assert (amount.label, amount.start, amount.end) == ("amount", 1, 4)
    assert model.name == "tiny@1"


def test_rules_add_entities_that_the_network_misses(directory: Path) -> None:
    whole, turn = load_whole(directory, "tiny@1"), TurnText("我要三十九找工信部", "", "customer")
    found = [entity.label for entity in whole.understand(turn).entities]
    assert found == ["amount", "regulator"]
    assert [entity.label for entity in NetworkAlone(whole.model).understand(turn).entities] == ["amount"]
    assert [entity.label for entity in RulesAlone().understand(turn).entities] == ["amount", "regulator"]


def test_the_linear_half_knows_no_entities_and_no_intents_of_agents(directory: Path) -> None:
    half = LinearHalf(directory)
    found = half.understand(THANKS)
    assert (found.intents[0].label, found.emotion.label, found.acts[0].label) == ("thank", "happy", "thank")
    assert 0 < found.emotion.score <= 1
    assert half.understand(TurnText("三十九", "", "agent")).entities == ()
    assert half.understand(TurnText("谢谢", "", "agent")).intents == ()


def test_the_majority_always_says_one_label_and_never_an_entity() -> None:
    found = Majority("act", "ask", 0.67).understand(THANKS)
    assert (found.acts[0].label, found.acts[0].score) == ("ask", 0.67)
    assert found.entities == Majority("entity").understand(THANKS).entities == ()


@pytest.mark.parametrize("file", FILES)
def test_a_directory_that_lacks_a_file_or_has_a_damaged_one_is_refused(tmp_path: Path, file: str) -> None:
    directory = write_understanding(tmp_path / "tiny")
    (directory / file).write_bytes(b"no model")
    with pytest.raises(ModelFilesError) as caught:
        load_whole(directory, "tiny@1")
    assert caught.value.code == "model-files-damaged"
    (directory / file).unlink()
    with pytest.raises(ModelFilesError, match=file) as caught:
        load_whole(directory, "tiny@1")
    assert caught.value.code == "model-files-missing"
