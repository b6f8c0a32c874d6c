"""Which recogniser decodes: the first one, or while that fails the next.

A final that one recogniser fails on is asked of the next at once, so none is lost; a preview is only asked of whoever
is in charge. After some failures in a row the next recogniser takes charge. The first one is tried again after a rest,
by requests that nobody waits for; the first success gives it back its place.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace

from asr.completion import complete
from asr.speech import Capabilities, Hypothesis, SpeechRequest, SpeechRunner
from assist.errors import ConfigurationError, RecogniserError
from models.engine import Engine, Priority

log = logging.getLogger(__name__)

FALLBACK_CODE = "recogniser-fallback"
_FAILURES = frozenset({"recogniser-failed", "recogniser-timeout", "recogniser-stalled"})
"""What speaks against the recogniser; every other error is about the request or the load."""


@dataclass(frozen=True, slots=True)
class FallbackSettings:
    """When a recogniser has failed often enough."""

    failures_limit: int = 3
    """In a row."""
    rest_s: float = 30.0
    """Before it is tried again the first time; twice as long after every trial that fails."""
    longest_rest_s: float = 600.0


@dataclass(frozen=True, slots=True)
class Standby:
    """A recogniser that is not loaded before it is needed; then it stays."""

    name: str
    """model@version"""
    load: Callable[[], SpeechRunner]
    """Blocks for seconds; raises ConfigurationError."""


class Breaker:
    """Counts one recogniser's failures; pure, told the time."""

    def __init__(self, settings: FallbackSettings) -> None:
        if settings.failures_limit < 1 or not 0 < settings.rest_s <= settings.longest_rest_s:
            raise ValueError("failures_limit must be at least 1, and rest_s positive and at most longest_rest_s")
        self._settings = settings
        self._failures = 0
        self._rests_until_s: float | None = None
        self._rest_s = settings.rest_s

    @property
    def is_open(self) -> bool:
        """Whether the recogniser has lost its place."""
        return self._rests_until_s is not None

    def lets_in(self, now_s: float, *, is_trial: bool) -> bool:
        """Whether a request may be asked of it; ``is_trial``: a failure would keep nobody waiting."""
        return self._rests_until_s is None or (is_trial and now_s >= self._rests_until_s)

    def succeeded(self) -> None:
        self._failures, self._rests_until_s, self._rest_s = 0, None, self._settings.rest_s

    def failed(self, now_s: float) -> None:
        self._failures += 1
        if self.is_open:
            self._rest_s = min(2 * self._rest_s, self._settings.longest_rest_s)
        if self.is_open or self._failures >= self._settings.failures_limit:
            self._rests_until_s = now_s + self._rest_s


@dataclass(slots=True, eq=False)
class _Link:
    """One recogniser of the chain."""

    source: SpeechRunner | Standby
    breaker: Breaker
    loading: asyncio.Lock

    @property
    def runner(self) -> SpeechRunner | None:
        """None before it is loaded."""
        return None if isinstance(self.source, Standby) else self.source

    async def loaded(self) -> SpeechRunner:
        """The runner, loaded on a thread of its own by whoever comes first. Raises ConfigurationError."""
        async with self.loading:
            if isinstance(self.source, Standby):
                self.source = await asyncio.to_thread(self.source.load)
            return self.source


class RecogniserChain:
    """The recognisers of a process in order of preference; lives on the event loop."""

    def __init__(
        self,
        engine: Engine,
        first: SpeechRunner,
        standbys: Sequence[Standby] = (),
        *,
        settings: FallbackSettings | None = None,
    ) -> None:
        self._engine = engine
        settings = settings or FallbackSettings()
        self._first = first
        self._links = [_Link(source, Breaker(settings), asyncio.Lock()) for source in (first, *standbys)]

    @property
    def name(self) -> str:
        """model@version of the preferred recogniser."""
        return self._first.name

    @property
    def current(self) -> SpeechRunner:
        """The recogniser in charge."""
        runners = [link.runner for link in self._links if not link.breaker.is_open]
        return next((runner for runner in runners if runner is not None), self._first)

    @property
    def capabilities(self) -> Capabilities:
        """Of the recogniser in charge."""
        return self.current.capabilities

    async def run(
        self,
        request: SpeechRequest,
        *,
        priority: Priority,
        deadline_s: float | None,
        on_start: Callable[[], None] | None = None,
        lane: Hashable | None = None,
    ) -> Hypothesis:
        """What the first recogniser that works makes of a request, completed and signed with its name.

        Raises what ``Engine.run`` raises; of several failures the first.
        """
        is_trial = priority is not Priority.FINAL or deadline_s is None
        failure: RecogniserError | None = None
        for link in self._candidates(is_trial=is_trial):
            try:
                runner = await link.loaded()
                heard = await self._engine.run(
                    runner, request, priority=priority, deadline_s=deadline_s, lane=lane, on_start=on_start
                )
            except ConfigurationError as error:
                failure = failure or RecogniserError(error.message)
                self._failed(link, error.code)
            except RecogniserError as error:
                if error.code not in _FAILURES:
                    raise
                failure = failure or error
                self._failed(link, error.code)
            else:
                self._succeeded(link)
                heard = heard if request.effort == "partial" else complete(heard, request.samples)
                return replace(heard, model=runner.name)
            if priority is not Priority.FINAL:
                break
        raise failure or RecogniserError("No recogniser is left.")

    def _candidates(self, *, is_trial: bool) -> Sequence[_Link]:
        """Who may be asked, in order; everybody if all have lost their place."""
        now_s = asyncio.get_running_loop().time()
        return [link for link in self._links if link.breaker.lets_in(now_s, is_trial=is_trial)] or self._links

    def _failed(self, link: _Link, code: str) -> None:
        was_open = link.breaker.is_open
        link.breaker.failed(asyncio.get_running_loop().time())
        if link.breaker.is_open and not was_open:
            log.error("a recogniser failed and rests", extra={"model": link.source.name, "code": code})

    def _succeeded(self, link: _Link) -> None:
        if link.breaker.is_open:
            log.warning("a recogniser works again", extra={"model": link.source.name})
        link.breaker.succeeded()
