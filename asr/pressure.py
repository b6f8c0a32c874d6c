"""What gives way when the engine has more to do than it can: a pure state machine over its load.

In this order: partials thin out, then the endpoint waits, then new calls are refused. Finals are never given up. Each
stage includes those before it. A stage is entered at once and left one at a time, after its cause has been gone for a
while, so that none flaps.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from enum import IntEnum

from models.engine import EngineLoad, Priority


class Stage(IntEnum):
    """How far it has come."""

    NORMAL = 0
    PARTIALS_THINNED = 1
    """Running words come noticeably less often than usual."""
    ENDPOINT_WAITS = 2
    """No decode is spent on the question whether a sentence is over; a longer silence tells."""
    CALLS_REFUSED = 3
    """No further call is taken on."""


@dataclass(frozen=True, slots=True)
class Band:
    """A threshold with hysteresis."""

    enter: float
    """From here on it holds."""
    leave: float
    """Below, it holds no longer."""

    def holds(self, value: float, *, held: bool) -> bool:
        """Whether it holds now, given whether it did."""
        return value >= (self.leave if held else self.enter)


@dataclass(frozen=True, slots=True)
class PressureSettings:
    """Where each stage begins. A share is worker time used per worker time there is, 0 to 1."""

    min_interval_ms: int = 600
    """Between two partials of a lane while the engine keeps up."""
    max_interval_ms: int = 2_500
    """The longest wait that is still worth calling a running transcript."""
    filled_share: float = 0.9
    """Partials fill the workers up to there."""
    thinned_ms: Band = Band(1_500, 1_000)
    """Interval that is told to the agent."""
    waiting_share: Band = Band(0.8, 0.65)
    """Share of finals, wasted speculation left out, above which the endpoint waits."""
    waiting_wait_s: Band = Band(1.0, 0.5)
    """Wait of finals (p95), or of a lane's sound, above which the endpoint waits."""
    refused_share: Band = Band(0.9, 0.75)
    """Share of finals, wasted speculation left out, above which calls are refused."""
    refused_wait_s: Band = Band(2.0, 1.0)
    """The same above which calls are refused."""
    full_share: float = 0.8
    """No call is taken on that would bring finals, and partials at their longest interval, above that."""
    calm_s: float = 3.0
    """The cause of a stage has been gone for so long when the stage is left."""
    max_age_s: float = 0.5
    """How old the picture of the load may be."""
    lag_window_s: float = 1.0
    """Sound has to wait for one to two of these before it counts."""
    young_s: float = 20.0
    """A lane younger than that has not shown yet what it costs."""
    assumed_partial_s: float = 0.12
    """Cost of a partial before one was measured."""
    assumed_lane_share: float = 0.04
    """Worker time per second that finals of one lane cost, as long as too few lanes have shown it."""
    assumed_lanes: int = 4
    """Weight of that assumption, in lanes that have shown what they cost."""
    speaking_share: float = 0.5
    """Share of its time that a lane is expected to speak."""
    wasted_speculation: float = 0.4
    """Share of speculative work that no final uses: what a waiting endpoint saves, and no reason to let it wait."""


@dataclass(frozen=True, slots=True)
class Relief:
    """What is to be given up now."""

    stage: Stage
    partial_interval_ms: int
    """New sound between two partials of a lane."""

    @property
    def thins_partials(self) -> bool:
        return self.stage >= Stage.PARTIALS_THINNED

    @property
    def endpoint_waits(self) -> bool:
        return self.stage >= Stage.ENDPOINT_WAITS

    @property
    def refuses_calls(self) -> bool:
        return self.stage >= Stage.CALLS_REFUSED


@dataclass(slots=True)
class _Picture:
    """The load as of ``at_s``, and what follows from it."""

    at_s: float
    final_wait_s: float = 0.0
    final_share: float = 0.0
    """Finals, signals and speculation."""
    needed_share: float = 0.0
    """The same without speculation that no final uses."""
    partial_s: float = 0.0
    """Worker time of one partial."""
    partial_workers: int = 1
    workers: int = 1


@dataclass(slots=True)
class _Lane:
    opened_s: float
    is_speaking: bool = False
    window_s: float = float("-inf")
    """Since when ``least_s`` counts."""
    least_s: float = 0.0
    """Least sound that has waited since then."""
    before_s: float = 0.0
    """The same of the window before."""

    @property
    def waiting_s(self) -> float:
        """Sound that has waited all the time: a burst that is soon worked off is no lag."""
        return min(self.least_s, self.before_s)


@dataclass(slots=True)
class _State:
    stage: Stage = Stage.NORMAL
    calm_since_s: float | None = None
    """Since when less than ``stage`` would do."""


class Pressure:
    """Shared by all live lanes of a process; ``load`` is asked for only when the picture is old."""

    def __init__(self, load: Callable[[], EngineLoad], settings: PressureSettings | None = None) -> None:
        self._load = load
        self._settings = settings or PressureSettings()
        self._lanes: dict[Hashable, _Lane] = {}
        self._picture = _Picture(at_s=float("-inf"), partial_s=self._settings.assumed_partial_s)
        self._state = _State()

    def open(self, lane: Hashable, now_s: float) -> None:
        """A live lane begins."""
        self._lanes[lane] = _Lane(now_s)

    def close(self, lane: Hashable) -> None:
        """The lane has ended."""
        self._lanes.pop(lane, None)

    def speak(self, lane: Hashable, *, is_speaking: bool) -> None:
        """An utterance of the lane began or ended: those who speak share what is left for partials."""
        if lane in self._lanes:
            self._lanes[lane].is_speaking = is_speaking

    def lag(self, lane: Hashable, waiting_s: float, now_s: float) -> None:
        """So much sound of the lane waits to be heard: where that lasts, its finals wait as much longer."""
        known = self._lanes.get(lane)
        if known is None:
            return
        if now_s - known.window_s < self._settings.lag_window_s:
            known.least_s = min(known.least_s, waiting_s)
        else:
            known.before_s, known.least_s, known.window_s = known.least_s, waiting_s, now_s

    def relief(self, now_s: float) -> Relief:
        """What is to be given up at this moment."""
        self._look(now_s)
        interval_ms = max(self._settings.min_interval_ms, self._carried_interval_ms())
        return Relief(self._state.stage, round(min(self._settings.max_interval_ms, interval_ms)))

    def has_room(self, now_s: float, *, lanes: int = 2) -> bool:
        """Whether a call of so many lanes can be taken on without spoiling those that are open."""
        if not self._lanes:
            return True
        if self.relief(now_s).refuses_calls:
            return False
        return self._lane_share(now_s) * (len(self._lanes) + lanes) <= self._settings.full_share

    # --- the load ---------------------------------------------------------------------------------------------------

    def _look(self, now_s: float) -> None:
        if now_s - self._picture.at_s < self._settings.max_age_s:
            return
        load = self._load()
        speculation = load.shares[Priority.SPECULATION]
        must_run = (Priority.SIGNAL, Priority.FINAL, Priority.CLASSIFIER)
        final_share = sum(load.shares[priority] for priority in must_run) + speculation
        self._picture = _Picture(
            at_s=now_s,
            final_wait_s=max(load.final_wait_p95_s, *(lane.waiting_s for lane in self._lanes.values()), 0.0),
            final_share=final_share,
            needed_share=final_share - self._settings.wasted_speculation * speculation,
            partial_s=load.costs_s[Priority.PARTIAL] or self._picture.partial_s,
            partial_workers=load.partial_workers,
            workers=load.workers,
        )
        self._step(now_s)

    def _carried_interval_ms(self) -> float:
        """Interval at which partials of all who speak fill what finals leave; not bounded."""
        picture = self._picture
        left = picture.workers * (self._settings.filled_share - picture.final_share)
        left = min(left, picture.partial_workers * self._settings.filled_share)
        speaking = max(1, sum(lane.is_speaking for lane in self._lanes.values()))
        return 1000 * speaking * picture.partial_s / left if left > 0 else float("inf")

    def _lane_share(self, now_s: float) -> float:
        """Share of the workers that one lane needs on average: its finals, and partials at their longest interval."""
        settings, picture = self._settings, self._picture
        shown = sum(min(1.0, (now_s - lane.opened_s) / settings.young_s) for lane in self._lanes.values())
        assumed = settings.assumed_lanes * settings.assumed_lane_share / picture.workers
        finals = (picture.needed_share + assumed) / (shown + settings.assumed_lanes)
        partials = settings.speaking_share * picture.partial_s * 1000 / settings.max_interval_ms / picture.workers
        return finals + partials

    # --- the stage --------------------------------------------------------------------------------------------------

    def _step(self, now_s: float) -> None:
        state, wanted = self._state, self._wanted()
        if wanted >= state.stage:
            state.stage, state.calm_since_s = wanted, None
        elif state.calm_since_s is None:
            state.calm_since_s = now_s
        elif now_s - state.calm_since_s >= self._settings.calm_s:
            state.stage, state.calm_since_s = Stage(state.stage - 1), now_s

    def _wanted(self) -> Stage:
        """The highest stage that has a cause."""
        settings, picture, stage = self._settings, self._picture, self._state.stage
        interval_ms = self._carried_interval_ms()
        is_refusing, is_waiting = stage >= Stage.CALLS_REFUSED, stage >= Stage.ENDPOINT_WAITS
        if settings.refused_share.holds(picture.needed_share, held=is_refusing) or settings.refused_wait_s.holds(
            picture.final_wait_s, held=is_refusing
        ):
            return Stage.CALLS_REFUSED
        if settings.waiting_share.holds(picture.needed_share, held=is_waiting) or settings.waiting_wait_s.holds(
            picture.final_wait_s, held=is_waiting
        ):
            return Stage.ENDPOINT_WAITS
        is_thinned = stage >= Stage.PARTIALS_THINNED
        return Stage.PARTIALS_THINNED if settings.thinned_ms.holds(interval_ms, held=is_thinned) else Stage.NORMAL
