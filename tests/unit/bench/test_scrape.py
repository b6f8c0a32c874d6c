"""What metrics told between two moments."""

from __future__ import annotations

from bench.scrape import Between, read_scrape
from gateway.metrics import Metrics


def test_growth_is_told_per_row_and_only_of_what_moved() -> None:
    metrics = Metrics()
    metrics.engine_dropped.labels(priority="partial", code="shed-late").inc(2)
    metrics.engine_dropped.labels(priority="partial", code="superseded").inc(1)
    first = read_scrape(metrics.text().decode())
    metrics.engine_dropped.labels(priority="partial", code="shed-late").inc(3)
    metrics.utterances.labels(party="agent").inc()
    between = Between(first, read_scrape(metrics.text().decode()))
    assert between.growth("engine_dropped_total") == {"shed-late partial": 3}
    assert between.growth("utterances_total") == {"agent": 1}


def test_times_are_of_the_samples_between_the_scrapes() -> None:
    metrics = Metrics()
    metrics.engine_wait_s.labels(priority="final").observe(10.0)
    first = read_scrape(metrics.text().decode())
    for _ in range(100):
        metrics.engine_wait_s.labels(priority="final").observe(0.075)
    times = Between(first, read_scrape(metrics.text().decode())).times("engine_wait_seconds")["final"]
    assert (times["n"], times["mean"]) == (100, 75.0)
    assert 50.0 <= times["p50"] < times["p95"] <= 100.0


def test_time_beyond_the_last_bucket_is_told_as_its_bound() -> None:
    metrics = Metrics()
    first = read_scrape(metrics.text().decode())
    metrics.engine_run_s.labels(runner="m", priority="final").observe(100.0)
    times = Between(first, read_scrape(metrics.text().decode())).times("engine_run_seconds")
    assert times["final m"]["p95"] == 15_000.0


def test_histogram_without_new_samples_is_left_out() -> None:
    metrics = Metrics()
    metrics.engine_run_s.labels(runner="m", priority="final").observe(1.0)
    scrape = read_scrape(metrics.text().decode())
    assert Between(scrape, scrape).times("engine_run_seconds") == {}
