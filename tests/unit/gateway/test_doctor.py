"""What the doctor says of the models that come with Livecue, and of those that it asks."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from gateway import doctor
from gateway.settings import Settings
from models.catalogue import Catalogue, load_catalogue
from tests.support.receiver import receiver


@pytest.mark.parametrize(("task", "state"), [("voice-activity", "fail"), ("understanding", "warn")])
async def test_a_damaged_model_is_named_with_its_repair(
    task: str, state: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vad = load_catalogue().model("silero-vad")
    changed = replace(vad, task=task, files=tuple(replace(file, sha256="0" * 64) for file in vad.files))
    monkeypatch.setattr(doctor, "load_catalogue", lambda: Catalogue((changed,)))
    checks = {check.name: check for check in await doctor.examine(Settings(data_dir=tmp_path))}
    found = checks["shipped-models"]
    assert (found.state, found.found) == (state, "silero-vad: model-files-damaged")
    assert "pip install" in found.remedy


@pytest.mark.parametrize(
    ("customers", "state", "found"),
    [
        ("", "ok", "none"),
        ("csv:{}/c.csv", "ok", "c.csv@20010909T014640.000000Z answers"),
        ("csv:{}/no.csv", "fail", "bad-customers"),
        ("http://127.0.0.1:9/", "warn", "customers-unavailable"),
    ],
)
async def test_the_customer_directory_is_asked(customers: str, state: str, found: str, tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text("customer_id\n1\n", encoding="utf-8")
    os.utime(path, (1_000_000_000, 1_000_000_000))
    settings = Settings(data_dir=tmp_path, customers=customers.format(tmp_path))
    checks = {check.name: check for check in await doctor.examine(settings)}
    assert (checks["customers"].state, checks["customers"].found) == (state, found)


async def test_receivers_are_asked_whether_they_are_there_and_get_nothing(tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(
        "name: small\nversion: 1\ntitle: 试\nrules:\n"
        "  - {id: r, title: 试, phrase: 您好, because: 试, emit: {notify: flor}}\n",
        "utf-8",
    )
    book = {"data_dir": tmp_path, "playbooks_dir": tmp_path, "playbook": "small"}
    secret = "a secret of the receiver"

    async def found(**channels: str) -> tuple[str, str]:
        chosen = {name: {"url": url, "secret": secret} for name, url in channels.items()}
        settings = Settings.model_validate({**book, "channels": chosen})
        check = {check.name: check for check in await doctor.examine(settings)}["receivers"]
        return check.state, check.found

    async with receiver() as there:
        assert await found(flor=there.url) == ("ok", "flor")
        assert await found(floor=there.url) == (
            "warn",
            "small: no channel is called 'flor'; did you mean 'floor'?",
        )
        assert there.got == []
    assert await found(flor="http://127.0.0.1:9/") == ("warn", "no answer from flor")
    assert (await found())[0] == "warn"
