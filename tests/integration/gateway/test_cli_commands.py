"""Commands that need no recogniser, over real files and a real database."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from gateway.cli import app
from tests.support.service import PLAYBOOK

Livecue = Callable[..., Result]


@pytest.fixture
def livecue(tmp_path: Path) -> Livecue:
    """Runs a command on a data directory of its own."""

    def invoke(*words: str) -> Result:
        environment = {"LIVECUE_DATA_DIR": str(tmp_path / "data"), "LIVECUE_MODELS_DIR": str(tmp_path / "models")}
        return CliRunner().invoke(app, words, env=environment)

    return invoke


def rows(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_added_users_are_listed_and_their_passwords_are_not(livecue: Livecue) -> None:
    added = rows(livecue("users", "add", "lin", "--role", "agent", "--agent-id", "1001", "--json"))[0]
    chosen = livecue("users", "add", "qa", "--role", "qa", "--password", "correct horse", "--json")
    listed = livecue("users", "list", "--json")
    assert len(added["password"]) >= 16
    assert "password" not in rows(chosen)[0]
    assert [(row["name"], row["role"], row["agent_id"]) for row in rows(listed)] == [
        ("lin", "agent", "1001"),
        ("qa", "qa", None),
    ]
    assert added["password"] not in listed.stdout


def test_password_is_changed(livecue: Livecue) -> None:
    first = rows(livecue("users", "add", "qa", "--role", "qa", "--json"))[0]["password"]
    second = rows(livecue("users", "password", "qa", "--json"))[0]["password"]
    assert first != second


def test_user_that_exists_is_refused_with_its_code(livecue: Livecue) -> None:
    livecue("users", "add", "qa", "--role", "qa")
    again = livecue("users", "add", "qa", "--role", "qa")
    assert getattr(again.exception, "code", None) == "user-exists"


def test_key_is_shown_once(livecue: Livecue) -> None:
    key = rows(livecue("keys", "add", "pbx", "--json"))[0]["key"]
    listed = livecue("keys", "list", "--json")
    assert [row["name"] for row in rows(listed)] == ["pbx"]
    assert key not in listed.stdout


def test_users_and_keys_are_disabled_and_enabled(livecue: Livecue) -> None:
    livecue("users", "add", "qa", "--role", "qa")
    livecue("keys", "add", "pbx")
    for kind, name in (("users", "qa"), ("keys", "pbx")):
        for word, expected in (("disable", True), ("enable", False)):
            assert livecue(kind, word, name).exit_code == 0
            assert [row["disabled"] for row in rows(livecue(kind, "list", "--json"))] == [expected]


@pytest.mark.parametrize(("kind", "code"), [("users", "unknown-user"), ("keys", "unknown-api-key")])
def test_nobody_is_not_disabled(livecue: Livecue, kind: str, code: str) -> None:
    assert getattr(livecue(kind, "disable", "nobody").exception, "code", None) == code


def test_playbooks_are_checked_one_by_one(livecue: Livecue, tmp_path: Path) -> None:
    (tmp_path / "good.yaml").write_text(PLAYBOOK, encoding="utf-8")
    (tmp_path / "wrong.yaml").write_text(PLAYBOOK.replace("offer, title", "gift, title"), encoding="utf-8")
    result = livecue("rules", "check", str(tmp_path), "--json")
    assert result.exit_code == 1
    good, wrong = rows(result)
    assert (good["ok"], good["playbook"]) == (True, "small@3")
    assert (wrong["ok"], wrong["code"]) == (False, "bad-playbook")
    assert isinstance(wrong["line"], int)


def test_directory_without_playbooks_is_no_success(livecue: Livecue, tmp_path: Path) -> None:
    result = livecue("rules", "check", str(tmp_path))
    assert getattr(result.exception, "code", None) == "no-playbooks"


def test_bundled_playbooks_are_good_and_ask_for_nothing_that_no_model_gives(livecue: Livecue) -> None:
    result = livecue("rules", "check", "examples/playbooks", "--json")
    assert result.exit_code == 0
    assert [(Path(row["path"]).stem, row["warnings"]) for row in rows(result)] == [
        ("bank", []),
        ("retail", []),
        ("telecom", []),
    ]


def test_channels_are_warned_of_where_there_are_none_and_mistakes_where_there_are_others(
    livecue: Livecue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(
        "name: small\nversion: 1\ntitle: 试\nrules:\n"
        "  - id: r\n    title: 试\n    phrase: 您好\n    because: 试\n    emit: {notify: flor}\n",
        "utf-8",
    )
    result = livecue("rules", "check", str(path), "--json")
    (row,) = rows(result)
    assert (result.exit_code, row["ok"], [one["line"] for one in row["warnings"]]) == (0, True, [9])
    monkeypatch.setenv("LIVECUE_CHANNELS__FLOOR__URL", "https://floor.example.com/livecue")
    monkeypatch.setenv("LIVECUE_CHANNELS__FLOOR__SECRET", "a secret of the floor")
    result = livecue("rules", "check", str(path), "--json")
    (row,) = rows(result)
    assert (result.exit_code, row["ok"], row["warnings"]) == (1, False, [])
    assert row["unknown_channels"] == [{"line": 9, "message": "no channel is called 'flor'; did you mean 'floor'?"}]
    monkeypatch.setenv("LIVECUE_CHANNELS__FLOOR__SECRET", "too short")
    assert getattr(livecue("rules", "check", str(path)).exception, "code", None) == "bad-settings"


def test_a_condition_that_nothing_uses_is_told_but_is_no_mistake_and_one_that_is_not_there_is(
    livecue: Livecue, tmp_path: Path
) -> None:
    path = tmp_path / "named.yaml"
    text = (
        "name: named\nversion: 1\ntitle: 试\nconditions:\n  upset: {phrase: 投诉}\n  spare: {phrase: 谢谢}\n"
        "rules:\n  - {id: r, condition: upset, set: {upset: true}}\n"
    )
    path.write_text(text, "utf-8")
    result = livecue("rules", "check", str(path), "--json")
    (row,) = rows(result)
    assert (result.exit_code, row["ok"]) == (0, True)
    assert row["warnings"] == [{"line": 6, "message": "nothing uses the condition 'spare'"}]
    path.write_text(text.replace("condition: upset", "condition: upst"), "utf-8")
    result = livecue("rules", "check", str(path), "--json")
    (row,) = rows(result)
    assert (result.exit_code, row["line"]) == (1, 8)
    assert row["message"].endswith("rule 'r': condition: no condition 'upst'; did you mean 'upset'?")


def test_labels_that_no_model_gives_are_told_with_their_line_but_are_no_mistake(
    livecue: Livecue, tmp_path: Path
) -> None:
    path = tmp_path / "strange.yaml"
    path.write_text(
        "name: strange\nversion: 1\ntitle: 试\nrules:\n"
        "  - id: r\n    title: 试\n    intent: [refuse, refus]\n    because: 试\n    emit: {flag: {}}\n",
        "utf-8",
    )
    result = livecue("rules", "check", str(path), "--json")
    (row,) = rows(result)
    assert (result.exit_code, row["ok"]) == (0, True)
    assert row["warnings"] == [
        {"line": 7, "message": "no model of Livecue gives the intent 'refus'; did you mean 'refuse'?"}
    ]
    assert "strange.yaml:7: warning" in livecue("rules", "check", str(path)).stdout.replace("\n", "")


def test_absent_model_is_listed_and_fails_verification_with_the_remedy(livecue: Livecue) -> None:
    listed = {row["name"]: row["state"] for row in rows(livecue("models", "list", "--json"))}
    verified = livecue("models", "verify", "whisper-base", "--json")
    assert listed["whisper-base"] == "absent"
    assert verified.exit_code == 1
    assert rows(verified)[0]["repair"] == "livecue models fetch whisper-base"
    assert rows(verified)[0]["code"] == "model-files-missing"
    shipped = rows(livecue("models", "verify", "silero-vad", "--json"))[0]
    assert (shipped["ok"], shipped["code"]) == (True, None)
    assert shipped["repair"].endswith(" livecue")


def test_doctor_says_what_to_do(livecue: Livecue) -> None:
    result = livecue("doctor", "--json")
    checks = {row["name"]: row for row in rows(result)}
    assert result.exit_code == 1
    assert checks["model"]["state"] == "fail"
    assert "livecue models fetch whisper-base" in checks["model"]["remedy"]
    assert "silero-vad@" in checks["shipped-models"]["found"]
    assert {name: checks[name]["state"] for name in ("python", "shipped-models", "store", "bus", "playbook")} == {
        "python": "ok",
        "shipped-models": "ok",
        "store": "ok",
        "bus": "ok",
        "playbook": "ok",
    }


def test_doctor_looks_at_the_connection_of_a_platform(livecue: Livecue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LIVECUE_API_KEY", raising=False)
    result = livecue("doctor", "--connect", "twilio", "--json")
    assert result.exit_code == 1
    assert [(row["code"], row["state"]) for row in rows(result)] == [
        ("secret-missing", "fail"),
        ("key-missing", "warn"),
    ]
    assert "docs/connect/twilio.md" in rows(result)[0]["remedy"]


@pytest.mark.parametrize(("locale", "words"), [("zh_CN.UTF-8", "没有设置"), ("en_GB.UTF-8", "is not set")])
def test_doctor_speaks_as_the_terminal_does(
    livecue: Livecue, monkeypatch: pytest.MonkeyPatch, locale: str, words: str
) -> None:
    monkeypatch.setenv("LC_ALL", locale)
    assert words in livecue("doctor", "twilio", "--connect").stdout


@pytest.mark.parametrize(
    ("variable", "value", "check", "code"),
    [
        ("LIVECUE_STORE", "oracle://x", "store", "unknown-store"),
        ("LIVECUE_BUS", "pigeon", "bus", "unknown-bus"),
        ("LIVECUE_PLAYBOOK", "none", "playbook", "unknown-playbook"),
    ],
)
def test_doctor_finds_what_is_wrong(
    livecue: Livecue, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, check: str, code: str
) -> None:
    monkeypatch.setenv(variable, value)
    found = {row["name"]: row for row in rows(livecue("doctor", "--json"))}[check]
    assert (found["state"], found["found"]) == ("fail", code)


def test_doctor_names_the_database(livecue: Livecue, monkeypatch: pytest.MonkeyPatch, store_url: str) -> None:
    monkeypatch.setenv("LIVECUE_STORE", store_url)
    found = {row["name"]: row for row in rows(livecue("doctor", "--json"))}["store"]
    assert found["state"] == "ok"
    product, _, place = found["found"].partition(" at ")
    assert re.fullmatch(r"(SQLite|PostgreSQL) \d+(\.\d+)+", product)
    assert store_url.endswith(place)


def test_doctor_tells_of_a_server_that_is_not_there_and_keeps_the_password(
    livecue: Livecue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIVECUE_STORE", "postgresql+asyncpg://livecue:open-sesame@127.0.0.1:9/livecue")
    result = livecue("doctor", "--json")
    found = {row["name"]: row for row in rows(result)}["store"]
    assert (found["state"], found["found"]) == ("fail", "store-unavailable")
    assert "LIVECUE_STORE" in found["remedy"]
    assert "sesame" not in result.output


def test_service_says_what_it_cannot_start_with(
    livecue: Livecue, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    for variable, value, code in (
        ("LIVECUE_PLAYBOOKS_DIR", tmp_path / "none", "no-playbooks"),
        ("LIVECUE_HOST", "x" * 70, "bad-settings"),
    ):
        with monkeypatch.context() as environment:
            environment.setenv(variable, str(value))
            assert getattr(livecue("serve", "--port", "0").exception, "code", None) == code
    refused = livecue("serve", "--port", "0", "--data-dir", str(tmp_path / "file"))
    assert getattr(refused.exception, "code", None) == "bad-data-directory"


@pytest.mark.parametrize("words", [("users", "list"), ("keys", "list"), ("models", "list"), ("doctor",)])
def test_every_listing_has_a_form_for_people(livecue: Livecue, words: tuple[str, ...]) -> None:
    result = livecue(*words)
    assert result.exit_code in (0, 1)
    assert not result.stdout.startswith("{")
