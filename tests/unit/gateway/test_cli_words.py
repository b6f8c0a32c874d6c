"""What the command line makes of what is typed."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from assist.errors import ConfigurationError, InputError
from gateway.cli import app, main
from gateway.cli.call import ingest_url
from gateway.cli.console import load_settings

COMMANDS = ("serve", "demo", "call", "transcribe", "doctor", "models", "rules", "eval", "bench", "users", "keys")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ws://127.0.0.1:8765", "ws://127.0.0.1:8765/ingest/v1"),
        ("ws://127.0.0.1:8765/", "ws://127.0.0.1:8765/ingest/v1"),
        ("http://h:1", "ws://h:1/ingest/v1"),
        ("https://cue.example.com", "wss://cue.example.com/ingest/v1"),
        ("wss://h/other/path?x=1", "wss://h/other/path?x=1"),
    ],
)
def test_bare_address_gets_the_ingest_path(typed: str, meant: str) -> None:
    assert ingest_url(typed) == meant


@pytest.mark.parametrize("typed", ["", "127.0.0.1:8765", "ftp://h", "ws://"])
def test_address_that_is_none_is_refused(typed: str) -> None:
    with pytest.raises(InputError) as raised:
        ingest_url(typed)
    assert raised.value.code == "bad-url"


def test_wrong_setting_is_named_by_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVECUE_ASR__THREADS", "many")
    with pytest.raises(ConfigurationError, match="LIVECUE_ASR__THREADS") as raised:
        load_settings()
    assert raised.value.code == "bad-settings"


def test_settings_file_that_is_no_json_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVECUE_ALLOWED_ORIGINS", "https://a.example")
    with pytest.raises(ConfigurationError, match="allowed_origins"):
        load_settings()


def test_version_and_help_need_nothing() -> None:
    runner = CliRunner()
    assert runner.invoke(app, ["--version"]).output.startswith("livecue ")
    listing = runner.invoke(app, ["--help"]).output
    for command in [
        "serve",
        "demo",
        "call",
        "transcribe",
        "doctor",
        "models",
        "rules",
        "eval",
        "bench",
        "users",
        "keys",
    ]:
        assert command in listing


def test_wrong_usage_ends_with_status_2() -> None:
    assert CliRunner().invoke(app, ["call"]).exit_code == 2
    assert CliRunner().invoke(app, ["no-such-command"]).exit_code == 2


@pytest.mark.parametrize("as_json", [True, False])
def test_failure_is_one_sentence_with_its_code(
    as_json: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["livecue", "call", "x.wav", "--url", "nowhere", *(["--json"] if as_json else [])])
    with pytest.raises(SystemExit) as raised:
        main()
    captured = capsys.readouterr()
    assert raised.value.code == 1
    assert captured.out == ""
    if as_json:
        assert json.loads(captured.err)["error"]["code"] == "bad-url"
    else:
        assert captured.err.count("\n") == 1
        assert "(bad-url)" in captured.err
