"""``livecue bench endpointing``: where utterances are ended, by rule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from gateway.cli.bench.checkout import Recordings, benchmark
from gateway.cli.console import AsJson, errors_console, load_settings, print_json, print_table, run

_COLUMNS = ("rule", "cuts", "cut_turns_percent", "joins", "silence_ms_p50", "silence_ms_p95", "cer_percent")


def endpointing(files: Recordings = None, as_json: AsJson = False) -> None:
    """Compare rules for the end of an utterance: turns cut, turns joined, silence waited for, errors in the words."""
    from gateway.demo import bundled_calls
    from gateway.logs import configure_logs

    settings = load_settings()
    configure_logs(settings.log.model_copy(update={"level": "warning"}))
    measure = benchmark("bench.endpointing").measure
    with errors_console().status("Loading the recogniser …") as status:

        def show(rule: str) -> None:
            status.update(f"Ending utterances by the rule {rule} …")

        report: Mapping[str, Any] = run(lambda: measure(settings, files or bundled_calls(), on_progress=show))
    if as_json:
        print_json(report)
    else:
        rows = cast("list[Mapping[str, object]]", report["rules"])
        print_table(_COLUMNS, ([row[column] for column in _COLUMNS] for row in rows))
