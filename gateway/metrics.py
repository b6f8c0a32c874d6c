"""What operators can measure: every instrument of the service on its own Prometheus registry."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from assist.messages import (
    AudioGap,
    CallClosed,
    CallDegraded,
    CallOpened,
    CustomerLookedUp,
    Envelope,
    Flag,
    Judgement,
    NotificationPushed,
    Prompt,
    PromptLeftOut,
    Utterance,
    WrapUpConfirmed,
    WrapUpPushed,
)
from assist.ports import EventBus, Subscription
from models.engine import Priority

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

LATENCY_BUCKETS_S = (0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 15.0)
BATCH_BUCKETS = (1, 2, 4, 8, 16, 32)


@dataclass(frozen=True, slots=True)
class Reading:
    """One value that is read when Prometheus asks, instead of being counted along."""

    name: str
    """Without the ``livecue_`` prefix; ends in ``_total`` if it only grows."""
    help: str
    read: Callable[[], float | Mapping[str, float]]
    """The value, or one value per value of ``label``."""
    label: str | None = None


class Metrics:
    """The instruments; one instance per service, nothing global."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.calls_opened = self._counter("calls_opened", "Calls opened, by source protocol.", "source")
        self.calls_closed = self._counter("calls_closed", "Calls closed, by cause.", "cause")
        self.degradations = self._counter("degradations", "Parts of a call that became impaired.", "part", "code")
        self.utterances = self._counter("utterances", "Final utterances, by party.", "party")
        self.guards = self._counter("guards", "Actions of the recogniser's guards on finals.", "guard")
        self.prompts = self._counter("prompts", "Prompts decided, by kind and arm.", "kind", "arm")
        self.prompts_left_out = self._counter(
            "prompts_left_out", "Prompts for which the agent's attention had no room, by kind and lack.", "kind", "lack"
        )
        self.early_prompts = self._counter("early_prompts", "Prompts shown while the words went on, by kind.", "kind")
        self.flags = self._counter("flags", "Flag verdicts, by verdict and severity.", "verdict", "severity")
        self.judgements = self._counter(
            "judgements", "Questions of playbooks that a model was asked, by outcome: answered, or why not.", "outcome"
        )
        self.customer_look_ups = self._counter(
            "customer_look_ups", "Answers of the customer directory, by whether it knew the customer.", "found"
        )
        self.customer_look_up_s = self._histogram("customer_look_up_seconds", "Time until it answered.")
        self.gap_ms = self._counter("gap_ms", "Audio that was declared missing, by cause.", "cause")
        self.wrap_ups_confirmed = self._counter("wrap_ups_confirmed", "Wrap-ups that a person confirmed.")
        self.wrap_ups_pushed = self._counter("wrap_ups_pushed", "Wrap-ups handed on or given up, by state.", "state")
        self.notifications_pushed = self._counter(
            "notifications_pushed",
            "What rules notified of, handed on or given up, by channel and state.",
            "channel",
            "state",
        )
        self.playbook_reloads = self._counter("playbook_reloads", "Playbook reloads, by result.", "result")

        self.ingest_sockets = self._gauge("ingest_sockets", "Sockets of phone platforms that are open.")
        self.ingest_bytes = self._counter("ingest_bytes", "Audio bytes received on ingest sockets.")
        self.ingest_errors = self._counter("ingest_errors", "Errors sent to phone platforms, by code.", "code")
        self.source_remarks = self._counter(
            "source_remarks", "Odd things that phone platforms did, by door and code.", "source", "code"
        )
        self.desk_clients = self._gauge("desk_clients", "Desk sockets that are open.")
        self.desk_slow = self._counter("desk_slow", "Desk sockets closed because the client read too slowly.")
        self.desk_superseded = self._counter("desk_superseded", "Partials left out for a desk that was behind.")
        self.desk_errors = self._counter("desk_errors", "Errors sent to desks, by code.", "code")

        self.engine_wait_s = self._histogram("engine_wait_seconds", "Wait of a request, by priority.", "priority")
        self.engine_run_s = self._histogram(
            "engine_run_seconds", "Run time of a batch, by model and priority.", "runner", "priority"
        )
        self.engine_batch_items = self._histogram(
            "engine_batch_items", "Requests in a batch, by model.", "runner", buckets=BATCH_BUCKETS
        )
        self.engine_dropped = self._counter(
            "engine_dropped", "Requests that were not run, by priority and code.", "priority", "code"
        )
        self.engine_failed = self._counter("engine_failed", "Requests that the model failed on, by model.", "runner")

        self.logins = self._counter("logins", "Attempts to log in, by result.", "result")
        self.http_requests = self._counter("http_requests", "HTTP requests, by route and status.", "route", "status")
        self.http_s = self._histogram("http_request_seconds", "Time to answer an HTTP request, by route.", "route")

    def count(self, envelope: Envelope) -> None:
        """Count what a logged event stands for."""
        match envelope.event:
            case CallOpened(source=source):
                self.calls_opened.labels(source=source).inc()
            case CallClosed(cause=cause):
                self.calls_closed.labels(cause=cause).inc()
            case CallDegraded(part=part, code=code, restored=False):
                self.degradations.labels(part=part, code=code).inc()
            case AudioGap() as gap:
                self.gap_ms.labels(cause=gap.cause).inc(gap.end_ms - gap.start_ms)
            case Utterance(party=party, guards=guards):
                self.utterances.labels(party=party).inc()
                for guard in guards:
                    self.guards.labels(guard=guard).inc()
            case Prompt(kind=kind, arm=arm, from_partial=False):
                self.prompts.labels(kind=kind, arm=arm).inc()
            case PromptLeftOut(kind=kind, lack=lack):
                self.prompts_left_out.labels(kind=kind, lack=lack).inc()
            case Prompt(kind=kind):
                self.early_prompts.labels(kind=kind).inc()
            case Flag(verdict=verdict, severity=severity):
                self.flags.labels(verdict=verdict, severity=severity).inc()
            case Judgement(code=code):
                self.judgements.labels(outcome=code or "answered").inc()
            case CustomerLookedUp(is_known=is_known, took_ms=took_ms):
                self.customer_look_ups.labels(found="known" if is_known else "unknown").inc()
                self.customer_look_up_s.observe(took_ms / 1000)
            case WrapUpConfirmed():
                self.wrap_ups_confirmed.inc()
            case WrapUpPushed(state=state):
                self.wrap_ups_pushed.labels(state=state).inc()
            case NotificationPushed(channel=channel, state=state):
                self.notifications_pushed.labels(channel=channel, state=state).inc()
            case _:
                pass

    def watch(self, readings: Iterable[Reading]) -> None:
        """Add values that are read at scrape time."""
        self.registry.register(_Readings(tuple(readings)))

    def text(self) -> bytes:
        """Everything in the Prometheus text format."""
        return generate_latest(self.registry)

    def _counter(self, name: str, meaning: str, *labels: str) -> Counter:
        return Counter(name, meaning, labels, namespace="livecue", registry=self.registry)

    def _gauge(self, name: str, meaning: str, *labels: str) -> Gauge:
        return Gauge(name, meaning, labels, namespace="livecue", registry=self.registry)

    def _histogram(
        self, name: str, meaning: str, *labels: str, buckets: Sequence[float] = LATENCY_BUCKETS_S
    ) -> Histogram:
        return Histogram(name, meaning, labels, namespace="livecue", buckets=buckets, registry=self.registry)


class EngineMetrics:
    """Hears what the inference engine does; implements models.engine.EngineObserver."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    def started(self, runner: str, waits: Sequence[tuple[Priority, float]]) -> None:
        self._metrics.engine_batch_items.labels(runner=runner).observe(len(waits))
        for priority, wait_s in waits:
            self._metrics.engine_wait_s.labels(priority=priority.name.lower()).observe(wait_s)

    def finished(self, runner: str, priority: Priority, items: int, failed: int, run_s: float) -> None:
        self._metrics.engine_run_s.labels(runner=runner, priority=priority.name.lower()).observe(run_s)
        if failed:
            self._metrics.engine_failed.labels(runner=runner).inc(failed)

    def dropped(self, runner: str, priority: Priority, code: str) -> None:
        self._metrics.engine_dropped.labels(priority=priority.name.lower(), code=code).inc()


class IngestMetrics:
    """Hears what happens on ingest sockets; implements gateway.ingest.IngestMetrics."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    def connected(self) -> None:
        self._metrics.ingest_sockets.inc()

    def disconnected(self) -> None:
        self._metrics.ingest_sockets.dec()

    def received(self, audio_bytes: int) -> None:
        self._metrics.ingest_bytes.inc(audio_bytes)

    def failed(self, code: str) -> None:
        self._metrics.ingest_errors.labels(code=code).inc()


class SourceMetrics(IngestMetrics):
    """Hears what happens on the connections of phone platforms; implements gateway.phone.connection.SourceMetrics."""

    def remarked(self, source: str, code: str) -> None:
        self._metrics.source_remarks.labels(source=source, code=code).inc()


class DeskMetrics:
    """Hears what happens on desk sockets; implements gateway.desk.DeskMetrics."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    def connected(self) -> None:
        self._metrics.desk_clients.inc()

    def disconnected(self) -> None:
        self._metrics.desk_clients.dec()

    def failed(self, code: str) -> None:
        self._metrics.desk_errors.labels(code=code).inc()
        if code == "subscriber-too-slow":
            self._metrics.desk_slow.inc()

    def superseded(self, count: int) -> None:
        self._metrics.desk_superseded.inc(count)


class HeardBus:
    """An event bus with a listener that hears every envelope before anyone else; otherwise the bus it wraps."""

    def __init__(self, bus: EventBus, listener: Callable[[Envelope], None]) -> None:
        self._bus = bus
        self._listener = listener

    async def publish(self, envelopes: Sequence[Envelope]) -> None:
        for envelope in envelopes:
            self._listener(envelope)
        await self._bus.publish(envelopes)

    def subscribe(self, call_id: str | None, *, after: int = 0) -> AbstractAsyncContextManager[Subscription]:
        return self._bus.subscribe(call_id, after=after)

    async def close(self) -> None:
        await self._bus.close()


class _Readings(Collector):
    """Asks the readings when Prometheus asks us."""

    def __init__(self, readings: tuple[Reading, ...]) -> None:
        self._readings = readings

    def collect(self) -> Iterable[Metric]:
        for reading in self._readings:
            labels = [reading.label] if reading.label else []
            name = f"livecue_{reading.name}"
            if name.endswith("_total"):
                family = CounterMetricFamily(name, reading.help, labels=labels)
            else:
                family = GaugeMetricFamily(name, reading.help, labels=labels)
            value = reading.read()
            rows = value.items() if isinstance(value, Mapping) else [("", value)]
            for label_value, number in rows:
                family.add_metric([label_value] if labels else [], number)
            yield family
