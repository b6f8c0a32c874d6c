"""Several systems over the same recordings, in turns."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from asr.evaluation import trials
from asr.evaluation.manifest import ManifestRow
from asr.evaluation.report import Heard
from asr.evaluation.trials import LaneSystem, run_trials
from tests.support.fakes import Said, ScriptedTranscriber
from tests.support.recordings import silent_recording

ROWS = [ManifestRow(Path(str(number)), "好", duration_ms=1_000) for number in range(5)]


class Diary:
    """A system that says what it was given, and notes when."""

    def __init__(self, name: str, diary: list[str], at_once: int = 1) -> None:
        self.name = name
        self.at_once = at_once
        self.most_at_once = 0
        self._diary = diary
        self._running = 0

    async def recognise(self, path: Path) -> Heard:
        self._running += 1
        self.most_at_once = max(self.most_at_once, self._running)
        await asyncio.sleep(0)
        self._diary.append(f"{self.name}{path}")
        self._running -= 1
        return Heard(f"{self.name}{path}")


async def test_systems_take_turns_there_and_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trials, "TURN_RECORDINGS", 2)
    monkeypatch.setattr(trials, "SETTLE_S", 0)
    diary: list[str] = []
    seen: list[tuple[int, int]] = []
    a, b = await run_trials(
        ROWS, [Diary("a", diary), Diary("b", diary)], progress=lambda done, total: seen.append((done, total))
    )
    assert " ".join(diary) == "a0 b0 a0 a1 b0 b1 b2 b3 a2 a3 a4 b4"
    assert [heard.text for heard in a.heard] == ["a0", "a1", "a2", "a3", "a4"]
    assert [heard.text for heard in b.heard] == ["b0", "b1", "b2", "b3", "b4"]
    assert seen == [(done, 10) for done in range(1, 11)]
    assert a.cost is not None
    assert a.cost.wall_s > 0


async def test_answers_keep_their_place_when_many_run_at_once() -> None:
    system = Diary("a", [], at_once=3)
    (trial,) = await run_trials(ROWS, [system])
    assert [heard.text for heard in trial.heard] == ["a0", "a1", "a2", "a3", "a4"]
    assert system.most_at_once == 3


async def test_a_transcriber_hears_the_whole_silent_recording(tmp_path: Path) -> None:
    script = [Said("mixed", 0, 300, "您好，"), Said("mixed", 1_000, 1_500, "请讲。")]
    system = LaneSystem(ScriptedTranscriber(script), at_once=2)
    heard = await system.recognise(silent_recording(tmp_path / "a.wav", 2))
    assert (heard.text, heard.confidence) == ("您好，请讲。", 0.9)
    assert (system.name, system.at_once) == ("fake@1", 2)


def test_at_least_one_recording_at_once() -> None:
    with pytest.raises(ValueError, match="at_once"):
        LaneSystem(ScriptedTranscriber(), at_once=0)
