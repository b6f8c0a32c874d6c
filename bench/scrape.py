"""What ``/metrics`` told between two moments; pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from prometheus_client.parser import text_string_to_metric_families

Labels = tuple[tuple[str, str], ...]
Scrape = Mapping[tuple[str, Labels], float]
"""Value by name (without ``livecue_``) and labels."""


def read_scrape(text: str) -> Scrape:
    """Livecue's own values of a page in the Prometheus text format."""
    return {
        (sample.name.removeprefix("livecue_"), tuple(sorted(sample.labels.items()))): float(sample.value)
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name.startswith("livecue_") and not sample.name.endswith("_created")
    }


@dataclass(frozen=True, slots=True)
class Between:
    """Two scrapes of one server."""

    first: Scrape
    last: Scrape

    def growth(self, name: str) -> Mapping[str, float]:
        """How much each row of a counter grew, by its labels' values joined with a blank; rows that stood still
        are left out."""
        rows = {
            " ".join(value for _, value in labels): value - self.first.get((known, labels), 0.0)
            for (known, labels), value in self.last.items()
            if known == name
        }
        return {labels: value for labels, value in rows.items() if value}

    def times(self, name: str) -> Mapping[str, Mapping[str, float]]:
        """Number, mean, p50 and p95 of a histogram of seconds, in milliseconds, by its labels' values.

        Percentiles are interpolated inside a bucket, so they are as fine as the buckets.
        """
        buckets: dict[str, list[tuple[float, float]]] = defaultdict(list)
        for (known, labels), value in self.last.items():
            if known == f"{name}_bucket":
                group = " ".join(value for label, value in labels if label != "le")
                bound = float(dict(labels)["le"])
                buckets[group].append((bound, value - self.first.get((known, labels), 0.0)))
        sums, counts = self.growth(f"{name}_sum"), self.growth(f"{name}_count")
        return {
            group: {
                "n": counts[group],
                "mean": round(1000 * sums.get(group, 0.0) / counts[group], 1),
                "p50": round(1000 * _quantile(sorted(rows), 0.5), 1),
                "p95": round(1000 * _quantile(sorted(rows), 0.95), 1),
            }
            for group, rows in buckets.items()
            if counts.get(group)
        }


def _quantile(cumulative: Sequence[tuple[float, float]], share: float) -> float:
    """Of a histogram with ascending upper bounds, the last infinite; the last finite bound for what lies beyond."""
    wanted = share * cumulative[-1][1]
    for (lower, below), (upper, reached) in _steps(cumulative):
        if reached >= wanted:
            if upper == float("inf"):
                return lower
            return lower + (upper - lower) * (wanted - below) / (reached - below) if reached > below else upper
    return cumulative[-1][0]


def _steps(cumulative: Sequence[tuple[float, float]]) -> Iterator[tuple[tuple[float, float], tuple[float, float]]]:
    previous = (0.0, 0.0)
    for step in cumulative:
        yield previous, step
        previous = step
