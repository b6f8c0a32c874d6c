"""A split of the corpus can be judged by ``livecue eval nlu``."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from models.train.__main__ import app, main
from nlp.evaluation import own_labels, read_labelled, require_known
from nlp.evaluation.tasks import CODES

SPLITS = 'test_writers = ["t"]\ndevelopment_writers = []\ndevelopment_share = 0.0\n'
SCENES = """\
@ {writer}-bill-01 | telecom | 多扣了钱
a  | - | neutral | greet,ask | 您好请讲
c  | complain_billing,repeat_call | angry2 | complain | 怎么又扣我[二十块](amount)
"""


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    directory = tmp_path / "data"
    for writer in ("t", "w"):
        (directory / writer).mkdir(parents=True)
        (directory / writer / "01.scenes").write_text(SCENES.format(writer=writer), "utf-8")
    (directory / "splits.toml").write_text(SPLITS, "utf-8")
    return directory


def test_a_split_is_written_with_the_labels_of_every_task(corpus: Path, tmp_path: Path) -> None:
    out = tmp_path / "test.jsonl"
    result = CliRunner().invoke(app, ["export-split", "--split", "test", "--out", str(out), "--data", str(corpus)])
    assert result.exit_code == 0
    assert "2 turns of 1 scenes" in result.output
    for task in CODES:
        require_known(out, read_labelled(out, task), own_labels(task))
    greeting, complaint = read_labelled(out, "intent")
    assert (greeting.labels, greeting.turn.party) == (None, "agent")
    assert complaint.labels == ("complain_billing", "repeat_call")
    assert complaint.turn.previous == "您好请讲"
    assert complaint.dialogue == "dialogue t-bill-01"
    assert read_labelled(out, "entity")[1].entities == (("amount", 5, 8),)


def test_a_corpus_that_is_wrong_is_named_with_its_code(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (corpus / "w" / "02.scenes").write_text("@ x | nowhere | y\n", "utf-8")
    monkeypatch.setattr("sys.argv", ["train", "export-split", "--out", str(tmp_path / "x"), "--data", str(corpus)])
    with pytest.raises(SystemExit) as raised:
        main()
    assert raised.value.code == 1
    assert "(scenes-malformed)" in capsys.readouterr().err
