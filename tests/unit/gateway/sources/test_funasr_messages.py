"""What FunASR's clients write, in all the forms they write it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.sources.funasr.messages import Configuration, Text, read_hotwords, read_text
from tests.support.funasr import BROWSER_MICROPHONE, FIRST_TEXTS, PYPI, PYTHON_FILE


def read(fields: dict[str, Any], before: Configuration | None = None) -> Text:
    text = read_text(json.dumps(fields, ensure_ascii=False), before or Configuration())
    assert text is not None
    return text


# --- first texts ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fields", FIRST_TEXTS.values(), ids=FIRST_TEXTS.keys())
def test_every_client_is_understood(fields: dict[str, Any]) -> None:
    text = read(fields)
    configuration = text.configuration
    assert (text.is_start, text.is_end, text.wants_acknowledgement, text.remarks) == (True, False, False, ())
    assert configuration.problem is None
    assert configuration.mode == fields["mode"]
    assert configuration.rate_hz == fields.get("audio_fs", 16_000)
    assert configuration.is_rate_given == ("audio_fs" in fields)
    assert configuration.wav_name == fields["wav_name"]
    assert configuration.itn == fields["itn"]
    assert configuration.card.remarks == ()


def test_what_nobody_says_is_as_funasr_has_it() -> None:
    configuration = read({}).configuration
    assert (configuration.mode, configuration.rate_hz, configuration.wav_name, configuration.itn) == (
        "2pass",
        16_000,
        "microphone",
        True,
    )


def test_a_text_changes_what_it_names_alone() -> None:
    before = read(PYTHON_FILE).configuration
    after = read({"mode": "online"}, before).configuration
    assert after.mode == "online"
    assert (after.rate_hz, after.wav_name, after.terms) == (before.rate_hz, before.wav_name, before.terms)


@pytest.mark.parametrize("rate", [8000, 8000.0, "8000", "8000.0"])
def test_a_rate_comes_as_a_number_of_any_kind(rate: object) -> None:
    assert read({"audio_fs": rate}).configuration.rate_hz == 8000


@pytest.mark.parametrize("rate", [0, -8000, 4000, 96_000, 8000.5, "fast", True, [8000], {}, "1e999", "nan"])
def test_a_rate_that_no_sound_has_is_a_problem(rate: object) -> None:
    configuration = read({"audio_fs": rate}).configuration
    assert configuration.problem is not None
    assert "audio_fs" in configuration.problem
    assert configuration.rate_hz == 16_000


@pytest.mark.parametrize("mode", ["streaming", "", 2, None, ["2pass"]])
def test_an_unknown_mode_is_a_problem_until_it_is_changed(mode: object) -> None:
    configuration = read({"mode": mode}).configuration
    assert (configuration.problem is None) == (mode is None)
    assert configuration.mode == "2pass"
    assert read({"mode": "offline"}, configuration).configuration.problem is None


@pytest.mark.parametrize(
    ("form", "is_sound"), [("pcm", True), ("PCM", True), ("wav", True), ("", True), ("others", False), ("mp3", False)]
)
def test_only_samples_are_taken(form: str, is_sound: bool) -> None:
    assert (read({"wav_format": form}).configuration.problem is None) == is_sound


@pytest.mark.parametrize("name", ["", "a\nb", "x" * 201, ["a"], {"a": 1}, True])
def test_a_name_that_cannot_be_echoed_costs_a_remark(name: object) -> None:
    text = read({"wav_name": name}, read({"wav_name": "before"}).configuration)
    assert text.remarks == ("bad-wav-name",)
    assert text.configuration.wav_name == "before"


@pytest.mark.parametrize("chunk_size", [[5, 10, 5], "5,10,5", "5, 10, 5", [], "", None, {"size": 5}])
def test_settings_of_models_are_taken_in_any_form(chunk_size: object) -> None:
    text = read({"chunk_size": chunk_size, "chunk_interval": "10", "encoder_chunk_look_back": 4, "svs_lang": "auto"})
    assert (text.configuration, text.remarks) == (Configuration(), ())


def test_a_text_may_say_whose_call_it_is() -> None:
    card = read({"call": "c-1", "role": "agent", "agent_id": 1001}).configuration.card
    assert (card.key, card.role) == ("c-1", "agent")
    assert card.agent is not None
    assert card.agent.agent_id == "1001"


# --- the end -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "is_end", "wants_acknowledgement"),
    [
        ({"is_speaking": False}, True, False),
        ({"is_speaking": "false"}, True, False),
        ({"is_speaking": 0}, True, False),
        ({"is_speaking": False, "is_end": True}, True, True),
        ({"is_finished": True}, True, False),
        ({"is_end": True}, True, True),
        ({"is_speaking": True, "is_end": True}, False, False),
        ({"is_speaking": False, "is_end": False}, True, False),
        ({"is_finished": False}, False, False),
        ({"is_speaking": None}, False, False),
        (BROWSER_MICROPHONE | {"is_speaking": False}, True, False),
    ],
)
def test_the_end_is_told_in_several_ways(fields: dict[str, Any], is_end: bool, wants_acknowledgement: bool) -> None:
    text = read(fields)
    assert (text.is_end, text.wants_acknowledgement) == (is_end, wants_acknowledgement)


# --- hotwords ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hotwords", "terms"),
    [
        ('{"动感地带":20,"畅享套餐":30}', ("动感地带", "畅享套餐")),
        ({"动感地带": 20, "畅享套餐": 30}, ("动感地带", "畅享套餐")),
        ('["动感地带","畅享套餐"]', ("动感地带", "畅享套餐")),
        (["动感地带", "畅享套餐"], ("动感地带", "畅享套餐")),
        ("动感地带,畅享套餐", ("动感地带", "畅享套餐")),
        ("动感地带，畅享套餐、流量包", ("动感地带", "畅享套餐", "流量包")),
        ("动感地带 20\n畅享套餐 30\n", ("动感地带", "畅享套餐")),
        ("动感地带 畅享套餐", ("动感地带", "畅享套餐")),
        ("动感地带", ("动感地带",)),
        ("iPhone 15 Pro,Mate 60 20", ("iPhone 15 Pro", "Mate 60")),
        ("动感地带,动感地带", ("动感地带",)),
        ("", ()),
        ("   ", ()),
        ("{}", ()),
        ("{broken", ()),
        ("号", ()),
        (None, ()),
        (7, ()),
        ("{" * 5000, ()),
        ("长" * 40, ()),
    ],
)
def test_hotwords_come_in_many_forms(hotwords: object, terms: tuple[str, ...]) -> None:
    assert read({"hotwords": hotwords}).configuration.terms == terms


def test_hotwords_are_absent_or_replaced() -> None:
    configuration = read({"hotword": "动感地带"}).configuration
    assert configuration.terms == ("动感地带",)
    assert read({"mode": "2pass"}, configuration).configuration.terms == ("动感地带",)
    assert read({"hotwords": ""}, configuration).configuration.terms == ()


def test_hotwords_are_bounded() -> None:
    assert len(read_hotwords(",".join(f"套餐{number}" for number in range(5000)))) == 200


# --- what nobody should write --------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "7", '"2pass"', "[" * 100_000, '{"mode": NaN}', "\ufeff{}"])
def test_what_is_no_json_object_is_skipped(text: str) -> None:
    assert read_text(text, Configuration()) is None


def test_half_a_character_is_not_echoed() -> None:
    assert read_text('{"wav_name": "\\ud800"}', Configuration()) is None


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
names = st.sampled_from([*PYPI, "is_end", "is_finished", "wav_format", "hotword", "call", "role", "channels"])


@given(st.dictionaries(names, values, max_size=8))
def test_any_object_is_read(fields: dict[str, Any]) -> None:
    text = read_text(json.dumps(fields), Configuration())
    assert text is None or text.configuration.wav_name


@given(values)
def test_any_hotwords_are_read(hotwords: object) -> None:
    assert all(2 <= len(term) <= 32 for term in read_hotwords(hotwords))
