"""What a report says about the machine."""

from __future__ import annotations

import json
from pathlib import Path

from bench.conditions import conditions
from gateway.settings import Settings


def test_conditions_name_machine_versions_and_settings_and_are_json(tmp_path: Path) -> None:
    found = conditions(Settings(data_dir=tmp_path))
    assert json.loads(json.dumps(found)) == found
    assert {"cpu", "cores", "load_average", "versions", "asr", "compute", "layout"} <= found.keys()
