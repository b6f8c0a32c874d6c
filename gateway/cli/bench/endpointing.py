"""``livecue bench endpointing``: where utterances are ended, by rule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from gateway.cli.bench.checkout import LOADING, Recordings, benchmark, watched
from gateway.cli.console import AsJson, load_settings, print_json, print_table

_COLUMNS = ("rule", "cuts", "cut_turns_percent", "joins", "silence_ms_p50", "silence_ms_p95", "cer_percent")


def endpointing(files: Recordings = None, as_json: AsJson = False) -> None:
    """Compare rules for the end of an utterance: turns cut, turns joined, silence waited for, errors in the words."""
    from gateway.bundled import bundled_calls
    from gateway.logs import quieten_logs

    settings = load_settings()
    quieten_logs(settings.log)
    measure = benchmark("bench.endpointing").measure
    report = watched(
        lambda show: measure(settings, files or bundled_calls(), on_progress=show),
        begin=LOADING,
        step="Ending utterances by the rule {} …",
    )
    if as_json:
        print_json(report)
    else:
        rows = cast("list[Mapping[str, object]]", report["rules"])
        print_table(_COLUMNS, ([row[column] for column in _COLUMNS] for row in rows))
