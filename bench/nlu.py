"""What understanding a turn costs, and what recognition errors cost its labels: the model alone, on one core.

Lengths are in word pieces, the encoder's own unit; a turn with context has as many more as the turn before brings. The
lengths take turns, so that whatever else the machine does meets all of them alike.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

from bench.conditions import conditions
from bench.plot import Panel, Series, draw
from gateway.settings import Settings
from models.directory import ModelDirectory
from models.load import percentile
from models.train.understanding.noise import with_homophones
from nlp.evaluation import Examination, LinearHalf, System, WholeModel, answer, answer_all, judge
from nlp.understanding.encoding import TurnEncoder, load_encoder
from nlp.understanding.model import TurnText, UnderstandingModel, load_understanding

LENGTHS_PIECES = (7, 14, 17, 20, 43)
BATCH_SIZES = (1, 2, 4, 8, 16)
NOISE_SHARES = (0.0, 0.1, 0.2, 0.3)
"""Of the characters, replaced by one of the same sound."""
NOISE_DRAWS = 3
"""Times that each share is drawn; the mean counts."""

SPEECH = (
    "我上个月办的那个套餐吧当时说好是三十九块钱一个月的结果这个月出账一看怎么扣了我六十八呀你帮我查查到底是哪里多扣的"
    "要是有什么我不知道的业务就都给我退了不然我真的要去投诉你们了每次打电话来都说会处理可是到现在也没有人给我一个说法"
)
"""What turns of any length are cut from."""
BEFORE = "您好先生您这个号码目前使用的是五十九元的套餐请问您想怎么变更呢"
"""The turn before, where there is one."""


@dataclass(frozen=True, slots=True)
class Probe:
    """One turn whose time is taken."""

    turn: TurnText
    pieces: int
    """Of the turn and the one before, as the encoder sees them."""

    @property
    def has_context(self) -> bool:
        return bool(self.turn.previous)


def measure_nlu(
    settings: Settings,
    directory: ModelDirectory,
    *,
    text_chars: int,
    repetitions: int,
    batch_s: float,
    labelled: Examination | None = None,
    on_progress: Callable[[str], None] = lambda _: None,
) -> Mapping[str, Any]:
    """``batch_s`` is given to every size of batch. Blocks, long with ``labelled`` turns. Raises ModelFilesError."""
    with one_core():
        before_mb, began_s = resident_mb(), time.perf_counter()
        model = load_understanding(directory.path)
        load_s = time.perf_counter() - began_s
        probes = make_probes(load_encoder(directory.path), text_chars)
        model.understand([probe.turn for probe in probes])
        grown_mb = resident_mb() - before_mb
        whole, half = WholeModel(model, directory.label), LinearHalf(directory.path)
        on_progress("turns of all lengths")
        latencies = time_turns([whole, half], probes, repetitions)
        on_progress("batches")
        turn = probes[0].turn
        throughput = [
            {"batch": size, "turns_per_s": round(turns_per_s(model, [turn] * size, batch_s), 1)} for size in BATCH_SIZES
        ]
        noise = [] if labelled is None else noise_curve([whole, half], labelled, on_progress)
    return {
        "model": directory.label,
        "files_mb": round(sum(file.stat().st_size for file in directory.path.iterdir()) / 1e6, 1),
        "load_s": round(load_s, 2),
        "resident_mb": round(grown_mb, 1),
        "text_chars": text_chars,
        "repetitions": repetitions,
        "latency": latencies,
        "throughput": throughput,
        "noise": noise,
        "conditions": conditions(settings),
    }


@contextmanager
def one_core() -> Generator[None]:
    """This thread stays on one of the cores that it may use."""
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(allowed)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, allowed)


def make_probes(encoder: TurnEncoder, text_chars: int) -> list[Probe]:
    """The turn of so many characters first, then those of so many pieces; each alone and with the turn before."""
    texts = [(SPEECH * (1 + text_chars // len(SPEECH)))[:text_chars]]
    texts += [_text_of(encoder, pieces) for pieces in LENGTHS_PIECES]
    turns = [TurnText(text, previous, "customer") for text in texts for previous in ("", BEFORE)]
    return [Probe(turn, len(encoder.encode(turn.text, turn.previous, turn.party).pieces)) for turn in turns]


def time_turns(systems: Sequence[System], probes: Sequence[Probe], repetitions: int) -> list[Mapping[str, object]]:
    """Milliseconds of every probe and system, one row per probe; the first round counts for nothing."""
    took_ms: dict[tuple[int, int], list[float]] = {}
    for repetition in range(repetitions + 1):
        for place, probe in enumerate(probes):
            for number, system in enumerate(systems):
                took = answer(system, probe.turn).took_ms
                if repetition:
                    took_ms.setdefault((place, number), []).append(took)
    return [
        {
            "chars": len(probe.turn.text),
            "pieces": probe.pieces,
            "has_context": probe.has_context,
            **{name: _percentiles(took_ms[place, number]) for number, name in enumerate(("whole_ms", "linear_ms"))},
        }
        for place, probe in enumerate(probes)
    ]


def turns_per_s(model: UnderstandingModel, batch: Sequence[TurnText], seconds: float) -> float:
    """How many turns a second one batch after the other brings, once warm."""
    model.understand(batch)
    began_s, batches = time.perf_counter(), 0
    while time.perf_counter() - began_s < seconds:
        model.understand(batch)
        batches += 1
    return len(batch) * batches / (time.perf_counter() - began_s)


def noise_curve(
    systems: Sequence[System], labelled: Examination, on_progress: Callable[[str], None] = lambda _: None
) -> list[Mapping[str, object]]:
    """Accuracy and macro-F1 of every system, one row per share of characters replaced by others of the same sound."""
    rows: list[Mapping[str, object]] = []
    for share in NOISE_SHARES:
        on_progress(f"{share:.0%} of the characters as homophones")
        row: dict[str, object] = {"share": share}
        for name, system in zip(("whole", "linear"), systems, strict=True):
            reports = [
                judge(labelled, answer_all(system, [noisy(one.turn, share, draw) for one in labelled.rows]))
                for draw in range(NOISE_DRAWS if share else 1)
            ]
            row[f"{name}_accuracy"] = round(sum(report.accuracy for report in reports) / len(reports), 4)
            row[f"{name}_macro_f1"] = round(sum(report.macro_f1 for report in reports) / len(reports), 4)
        rows.append(row)
    return rows


def noisy(turn: TurnText, share: float, draw: int) -> TurnText:
    """Both turns as they might have been heard; the same for the same draw."""
    random = Random(f"{draw} {turn.text}")
    return replace(
        turn, text=with_homophones(turn.text, share, random), previous=with_homophones(turn.previous, share, random)
    )


def draw_nlu(report: Mapping[str, Any], path: Path) -> None:
    """Time by length, turns by batch, accuracy by noise. Raises InputError, ConfigurationError."""
    throughput, noise = report["throughput"], report["noise"]
    panels = [
        Panel("Time of a turn", "word pieces", "ms", _latency_series(report["latency"])),
        Panel(
            "Throughput of one core",
            "turns in a batch",
            "turns per second",
            [Series("whole", [row["batch"] for row in throughput], [row["turns_per_s"] for row in throughput])],
        ),
    ]
    if noise:
        shares = [100 * row["share"] for row in noise]
        names = ("whole_accuracy", "linear_accuracy")
        curves = [Series(name.partition("_")[0], shares, [100 * row[name] for row in noise]) for name in names]
        panels.append(Panel("Homophones", "% of characters", "accuracy, %", curves))
    draw(path, f"Understanding turns: {report['model']}", panels)


def resident_mb() -> float:
    """Memory of this process that is in use."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _text_of(encoder: TurnEncoder, pieces: int) -> str:
    """The longest beginning of SPEECH that needs no more pieces."""
    fitting = (end for end in range(len(SPEECH)) if len(encoder.encode(SPEECH[:end], "", "customer").pieces) <= pieces)
    return SPEECH[: max(fitting, default=1)]


def _percentiles(took_ms: Sequence[float]) -> Mapping[str, float]:
    return {f"p{round(100 * share)}": round(percentile(took_ms, share), 2) for share in (0.5, 0.95)}


def _latency_series(rows: Sequence[Mapping[str, Any]]) -> list[Series]:
    ordered = sorted(rows, key=lambda row: row["pieces"])
    pieces = [row["pieces"] for row in ordered]
    return [
        Series(f"{name} {share}", pieces, [row[f"{name}_ms"][share] for row in ordered])
        for name in ("whole", "linear")
        for share in ("p50", "p95")
    ]
