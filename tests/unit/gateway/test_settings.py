"""Settings: what is refused, and what follows from what."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from assist.errors import ConfigurationError
from gateway.cli.console import load_settings
from gateway.model_settings import AsrSettings, JudgeSettings, SummarySettings
from gateway.settings import Settings, default_data_dir


def test_models_do_not_follow_the_data_directory(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    assert settings.models_dir == default_data_dir() / "models"
    assert settings.store_url == f"sqlite:///{tmp_path / 'livecue.db'}"


def test_nested_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVECUE_ASR__THREADS", "3")
    monkeypatch.setenv("LIVECUE_LIMITS__MAX_CALLS", "7")
    settings = Settings()
    assert (settings.asr.threads, settings.limits.max_calls) == (3, 7)
    assert settings.asr.model == "whisper-base"


@pytest.mark.parametrize(
    "wrong",
    [
        {"port": 70_000},
        {"host": "0.0.0.0"},
        {"public_url": "cue.example.com"},
        {"public_url": "https://cue.example.com/livecue"},
        {"allowed_origins": ["https://a.example", "null"]},
        {"limits": {"grace_s": 0}},
        {"limits": {"grace": 1}},
        {"log": {"level": "chatty"}},
        {"webhook": {"url": "https://crm.example.com/", "secret": "too short"}},
        {"channels": {"floor": {"secret": "a secret of the floor"}}},
        {"channels": {"floor": {"url": "https://floor.example:99999/", "secret": "a secret of the floor"}}},
        {"channels": {"floor": {"url": "file:///etc/passwd", "secret": "a secret of the floor"}}},
        {"channels": {"The Floor": {"url": "https://floor.example/", "secret": "a secret of the floor"}}},
    ],
)
def test_settings_that_cannot_work_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Settings(**wrong)


def test_listening_beyond_this_machine_is_allowed_with_a_public_address() -> None:
    settings = Settings(host="0.0.0.0", public_url="https://cue.example.com/")
    assert settings.public_url == "https://cue.example.com"
    assert settings.is_https


VARIABLES = (
    "HOST",
    "PORT",
    "PUBLIC_URL",
    "ALLOWED_ORIGINS",
    "DATA_DIR",
    "STORE",
    "METRICS",
    "ASR",
    "ASR__THREADS",
    "LIMITS",
    "LIMITS__GRACE_S",
    "LIMITS__NO_SUCH",
    "LOG__LEVEL",
)
texts = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), max_size=30)
strange = st.sampled_from(
    ["", "[", "{}", "null", "1e400", "-1", "http://[", "https://a:b", '["http://["]', '{"asr": 1}']
)


def load() -> Settings | ConfigurationError:
    try:
        return load_settings()
    except ConfigurationError as error:
        return error


@given(st.dictionaries(st.sampled_from(VARIABLES), texts | strange, max_size=4))
def test_any_environment_gives_settings_or_one_sentence_with_a_code(variables: dict[str, str]) -> None:
    with pytest.MonkeyPatch.context() as environment:
        for name, value in variables.items():
            environment.setenv(f"LIVECUE_{name}", value)
        outcome = load()
    if isinstance(outcome, ConfigurationError):
        assert outcome.code == "bad-settings"
        assert "\n" not in outcome.message
    else:
        assert outcome.store_url
        assert isinstance(outcome.is_https, bool)


@pytest.mark.parametrize("compute", ["float16", "int8_float16"])
def test_a_cpu_cannot_compute_in_half_precision(compute: str) -> None:
    with pytest.raises(ValidationError, match="a CPU cannot compute"):
        AsrSettings.model_validate({"compute": compute})
    assert AsrSettings.model_validate({"compute": compute, "device": "cuda"}).compute == compute


def test_a_judge_is_the_model_of_the_summary() -> None:
    with pytest.raises(ValidationError, match=r"judge\.enabled needs the model that summary\.url"):
        Settings(judge=JudgeSettings(enabled=True))
    summary = SummarySettings(url="http://127.0.0.1:9/v1", model="m")
    assert Settings(judge=JudgeSettings(enabled=True), summary=summary).judge.timeout_s == 8
    assert Settings(summary=summary).judge.enabled is False


def test_fallbacks_come_as_a_json_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVECUE_ASR__FALLBACKS", '[{"backend": "sherpa", "model": "/models/sense-voice"}]')
    (fallback,) = Settings().asr.fallbacks
    assert (fallback.backend, fallback.model) == ("sherpa", "/models/sense-voice")


def test_channels_come_by_name_each_with_bounds_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVECUE_CHANNELS__FLOOR__URL", "https://floor.example/livecue")
    monkeypatch.setenv("LIVECUE_CHANNELS__FLOOR__SECRET", "a secret of the floor")
    monkeypatch.setenv("LIVECUE_CHANNELS__FLOOR__MAX_ATTEMPTS", "3")
    channels = Settings().channels
    assert list(channels) == ["floor"]
    assert (channels["floor"].url, channels["floor"].max_attempts) == ("https://floor.example/livecue", 3)
    assert "a secret of the floor" not in repr(channels)
