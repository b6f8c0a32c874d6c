"""What people see of a benchmark's report."""

from __future__ import annotations

import json

import pytest

from gateway.cli.bench.checkout import print_report
from gateway.cli.bench.overload import print_phases

REPORT = {
    "calls": 8,
    "passes": False,
    "reasons": ["finals-late", "text-gaps"],
    "final_ms": {"n": 10, "p50": 500, "p95": 1_600, "p99": 1_700, "max": 1_800},
    "cpu": {"server_cores": 1.5},
    "memory_over_time": [[0.0, 500.0]],
}


def test_report_for_people_has_values_reasons_and_percentiles(capsys: pytest.CaptureFixture[str]) -> None:
    print_report(REPORT, as_json=False)
    shown = capsys.readouterr().out
    assert "finals-late, text-gaps" in shown
    assert "1600" in shown
    assert "memory_over_time" not in shown
    assert "server_cores" not in shown


def test_report_for_programs_is_whole(capsys: pytest.CaptureFixture[str]) -> None:
    print_report(REPORT, as_json=True)
    assert json.loads(capsys.readouterr().out) == REPORT


def test_phases_of_an_overload_are_rows(capsys: pytest.CaptureFixture[str]) -> None:
    phase = {**REPORT, "turns": 10, "text_gap_ms": {"p95": 900}}
    print_phases({"before": phase, "after": phase})
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()[-2:]] == ["before", "after"]
