"""The recogniser of the settings with the engine it runs on, and the load that it can carry."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar, assert_never

import numpy as np

from asr.lane import LaneSettings, RecogniserTranscriber
from asr.loading import LoadedRecognisers, LoadOptions, RecogniserChoice, load_first
from asr.pressure import Band, Pressure, PressureSettings
from asr.speakers.model import SpeakerRunner
from asr.vad import SileroVad
from asr.verdict import VerdictSettings
from asr.voice.judge import VoiceJudge, load_voice_judge
from assist.errors import OverloadedError
from gateway.metrics import EngineMetrics, Metrics
from gateway.model_settings import AsrSettings
from gateway.settings import LimitSettings, Settings
from models.engine import Engine
from models.threads import ThreadLayout, compute_here, give_way, layout_here
from nlp.lexicon import lexicon_of

L = TypeVar("L")

WARM_UP_MS = 1_000


@dataclass(frozen=True, slots=True)
class Recognition:
    """A loaded recogniser and the engine it runs on."""

    transcriber: RecogniserTranscriber
    engine: Engine
    warm_up: Callable[[], Awaitable[None]]
    is_first_choice: bool
    """Whether the first recogniser of the settings could be loaded."""

    def stand_in(self) -> str | None:
        """model@version of the recogniser in charge if it is not the first of the settings."""
        is_needed = not self.is_first_choice or self.transcriber.model_in_charge != self.transcriber.name
        return self.transcriber.model_in_charge if is_needed else None


async def load_giving_way(load: Callable[[], L]) -> L:
    """What ``load`` returns, from a thread of its own: the threads that a recogniser starts are as urgent as that."""
    with ThreadPoolExecutor(1, thread_name_prefix="loading", initializer=give_way) as thread:
        return await asyncio.get_running_loop().run_in_executor(thread, load)


@asynccontextmanager
async def open_recognition(settings: Settings, metrics: Metrics) -> AsyncGenerator[Recognition]:
    """The recogniser of the settings, loaded. Raises ModelFilesError, ConfigurationError "unknown-backend"."""
    layout = layout_here(settings.asr.device, workers=settings.asr.workers, threads=settings.asr.threads)
    loaded = await load_giving_way(partial(load_recognisers, settings.asr, settings.models_dir, layout))
    detector = await asyncio.to_thread(SileroVad)
    judge = await asyncio.to_thread(load_judge, settings.asr)
    spare_workers = layout.workers if loaded.standbys else 0
    engine = Engine(workers=layout.workers, spare_workers=spare_workers, observer=EngineMetrics(metrics))

    lanes = LaneSettings(verdicts=verdict_settings(settings.limits), pressure=pressure_settings(settings.limits))
    transcriber = RecogniserTranscriber(
        engine,
        loaded.runner,
        detector.open,
        settings=lanes,
        standbys=loaded.standbys,
        correct=lexicon_of,
        judge=judge,
        speakers=SpeakerRunner() if settings.asr.speakers else None,
    )

    async def warm_up() -> None:
        silence = np.zeros(WARM_UP_MS * 16, np.float32)
        try:
            async with asyncio.TaskGroup() as replicas:
                for _ in range(layout.workers):
                    replicas.create_task(transcriber.warm_up(silence))
        except ExceptionGroup as failures:
            # All failed alike; who waits for it knows what to do about one error.
            raise failures.exceptions[0] from None

    try:
        yield Recognition(transcriber, engine, warm_up, loaded.is_first_choice)
    finally:
        await engine.close()


def load_recognisers(settings: AsrSettings, models_dir: Path, layout: ThreadLayout) -> LoadedRecognisers:
    """The first recogniser of the settings that can be used, and its fallbacks. Blocks for about a second.

    Raises ModelFilesError and ConfigurationError when none can be used.
    """
    choices = [RecogniserChoice(chosen.backend, chosen.model) for chosen in (settings, *settings.fallbacks)]
    options = LoadOptions(
        models_dir=models_dir,
        device=settings.device,
        compute_type=compute_here(settings.compute, settings.device),
        threads=layout.threads,
        workers=layout.workers,
        full_vocabulary=settings.full_vocabulary,
    )
    return load_first(choices, options)


def load_judge(settings: AsrSettings) -> VoiceJudge | None:
    """Of the voices that the settings allow to be judged. Raises ModelFilesError."""
    match settings.voice:
        case "all":
            return load_voice_judge()
        case "customer":
            return load_voice_judge(parties=("customer",))
        case "off":
            return None
        case _:
            assert_never(settings.voice)


def admission(pressure: Pressure) -> Callable[[], None]:
    """Refuses new calls that the recogniser could not carry beside the accepted ones."""

    def admit() -> None:
        if not pressure.has_room(asyncio.get_running_loop().time()):
            raise OverloadedError("The recogniser has all the calls that it can carry; try again shortly.")

    return admit


def pressure_settings(limits: LimitSettings) -> PressureSettings:
    """The settings as load is shed by: the endpoint waits before calls are refused."""
    return PressureSettings(
        full_share=limits.recogniser_share,
        waiting_share=Band(limits.recogniser_share, limits.recogniser_share - 0.15),
        waiting_wait_s=Band(limits.final_wait_s / 2, limits.final_wait_s / 4),
        refused_share=Band(limits.recogniser_share + 0.1, limits.recogniser_share - 0.05),
        refused_wait_s=Band(limits.final_wait_s, limits.final_wait_s / 2),
    )


def verdict_settings(limits: LimitSettings) -> VerdictSettings:
    """The settings as verdicts are waited for: not so long that finals would be late for it."""
    return VerdictSettings(answer_within_s=0.75 * limits.final_wait_s)
