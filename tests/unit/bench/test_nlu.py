"""What understanding costs, over a model of a few kilobytes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bench.nlu import (
    BATCH_SIZES,
    BEFORE,
    LENGTHS_PIECES,
    NOISE_SHARES,
    draw_nlu,
    make_probes,
    measure_nlu,
    noisy,
    one_core,
)
from gateway.settings import Settings
from models.directory import ModelDirectory
from nlp.evaluation import examine, own_labels
from nlp.evaluation.rows import LabelledTurn
from nlp.understanding.encoding import load_encoder
from nlp.understanding.model import TurnText
from tests.support.tiny_understanding import write_understanding

ROWS = [
    LabelledTurn(TurnText(text, "", "customer"), (label,), None, text, line)
    for line, (text, label) in enumerate([("太贵了", "price_objection"), ("谢谢", "thank")], 1)
]


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_understanding(tmp_path_factory.mktemp("models") / "tiny")


def test_turns_have_the_wanted_length_alone_and_with_the_turn_before(directory: Path) -> None:
    probes = make_probes(load_encoder(directory), 17)
    assert len(probes) == 2 * (1 + len(LENGTHS_PIECES))
    assert [len(probe.turn.text) for probe in probes[:2]] == [17, 17]
    alone = probes[2::2]
    assert all(probe.pieces <= wanted for probe, wanted in zip(alone, LENGTHS_PIECES, strict=True))
    assert [probe.turn.previous for probe in probes[:2]] == ["", BEFORE]
    assert probes[1].pieces > probes[0].pieces


def test_a_turn_may_be_longer_than_the_speech_that_it_is_cut_from(directory: Path) -> None:
    assert len(make_probes(load_encoder(directory), 900)[0].turn.text) == 900


def test_noise_is_the_same_for_the_same_draw() -> None:
    turn = TurnText("我要退了这个套餐", "您请讲", "customer")
    assert noisy(turn, 0.5, 0) == noisy(turn, 0.5, 0) != noisy(turn, 0.5, 1)
    assert noisy(turn, 0.0, 0) == turn
    assert len(noisy(turn, 1.0, 0).text) == len(turn.text)


def test_a_measurement_stays_on_one_core_and_gives_the_others_back() -> None:
    before = os.sched_getaffinity(0)
    with one_core():
        assert len(os.sched_getaffinity(0)) == 1
    assert os.sched_getaffinity(0) == before


def test_report_has_time_throughput_memory_and_noise(directory: Path, tmp_path: Path) -> None:
    report = measure_nlu(
        Settings(data_dir=tmp_path),
        ModelDirectory("tiny", "1", directory),
        text_chars=17,
        repetitions=2,
        batch_s=0.01,
        labelled=examine("intent", ROWS, own_labels("intent")),
    )
    assert report["model"] == "tiny@1"
    latency, throughput, noise = report["latency"], report["throughput"], report["noise"]
    assert latency[0]["chars"] == 17
    assert [row["batch"] for row in throughput] == list(BATCH_SIZES)
    assert [row["share"] for row in noise] == list(NOISE_SHARES)
    assert noise[0]["whole_accuracy"] == 1.0
    picture = tmp_path / "nlu.svg"
    draw_nlu(report, picture)
    assert "<!-- whole p95 -->" in picture.read_text("utf-8")
