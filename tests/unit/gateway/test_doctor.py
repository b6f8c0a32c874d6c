"""What the doctor says of the models that come with Livecue."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from gateway import doctor
from gateway.settings import Settings
from models.catalogue import Catalogue, load_catalogue


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
