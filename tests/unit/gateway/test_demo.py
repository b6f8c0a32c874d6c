"""What the demonstration counts as working."""

from __future__ import annotations

import socket
from collections import Counter
from pathlib import Path

import pytest

from assist.errors import ConfigurationError, UnavailableError
from gateway.bundled import bundled_calls, demo_calls
from gateway.cli.demo import status_line
from gateway.demo import DemoProgress, bind_near, for_show, require_cues
from gateway.settings import Settings
from gateway.sidecar import read_playbook


def test_call_with_words_prompts_flags_and_an_end_is_enough() -> None:
    require_cues(DemoProgress(events=Counter({"utterance": 9, "prompt": 1, "flag": 2, "call-closed": 1})))


def test_what_is_missing_is_named() -> None:
    with pytest.raises(UnavailableError, match="no prompt, flag") as raised:
        require_cues(DemoProgress(events=Counter({"utterance": 9, "call-closed": 1})))
    assert raised.value.code == "smoke-failed"


def test_bundled_calls_have_their_ground_truth_beside_them() -> None:
    calls = bundled_calls()
    assert len(calls) >= 4
    assert all(call.with_suffix(".json").is_file() for call in calls)


def test_a_demonstration_plays_calls_of_every_bundled_playbook() -> None:
    assert demo_calls()[: len(bundled_calls())] == bundled_calls()
    assert {read_playbook(call) for call in demo_calls()} == {None, "bank", "retail"}


def test_no_prompt_is_held_out_of_a_demonstration() -> None:
    assert Settings().experiments.hold_outs
    assert not for_show(Settings()).experiments.hold_outs


def test_missing_calls_are_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as raised:
        bundled_calls(tmp_path)
    assert raised.value.code == "no-demo-calls"


def test_taken_port_gives_way_to_a_free_one() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with bind_near("127.0.0.1", port) as near:
            assert near.getsockname()[1] not in (0, port)


def test_status_line_says_what_the_demonstration_waits_for() -> None:
    assert status_line(DemoProgress()).startswith("Loading")
    assert status_line(DemoProgress(url="http://h:1")).startswith("Waiting for you to log in")
    assert status_line(DemoProgress(url="http://h:1", calls=2, title="b")).startswith("Call 2: b")
