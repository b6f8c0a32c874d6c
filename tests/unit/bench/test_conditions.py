"""What a report says about the machine."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.conditions import conditions, quota_cores
from gateway.settings import Settings


@pytest.mark.parametrize(
    ("files", "cores"),
    [
        ({"cpu.max": "200000 100000\n"}, 2.0),
        ({"cpu.max": "max 100000\n"}, None),
        ({"cpu/cpu.cfs_quota_us": "150000\n", "cpu/cpu.cfs_period_us": "100000\n"}, 1.5),
        ({"cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000\n"}, None),
        ({}, None),
    ],
)
def test_quota_of_either_control_group_version_is_read(
    files: dict[str, str], cores: float | None, tmp_path: Path
) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="ascii")
    assert quota_cores(tmp_path) == cores


def test_conditions_name_machine_versions_and_settings_and_are_json(tmp_path: Path) -> None:
    found = conditions(Settings(data_dir=tmp_path))
    assert json.loads(json.dumps(found)) == found
    assert {"cpu", "cores", "quota_cores", "load_average", "versions", "asr"} <= found.keys()
