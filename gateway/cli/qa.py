"""``livecue qa``: scorecards, reviews of stored calls, and what they say of reviewers and rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from gateway.cli.console import AsJson, DataDir, load_settings, print_json, print_table, results_console, run
from gateway.cli.rebuilding import rebuild_and_tell

if TYPE_CHECKING:
    from assist.quality.agreement import AgreementReport
    from assist.quality.review import Review
    from assist.quality.rulings import Precision

app = typer.Typer(no_args_is_help=True, help="Reviews of calls: scorecards, who agrees, which rules are right.")

MOST_READ = 10_000
"""Reviews that a command reads, the newest."""


@app.callback()
def qa() -> None:
    """Reviews of calls: scorecards, who agrees, which rules are right."""


@app.command()
def check(paths: Annotated[list[Path], typer.Argument(help="Files of scorecards.")], as_json: AsJson = False) -> None:
    """Check scorecards; every mistake with its file and line."""
    from assist.errors import PlaybookError
    from assist.playbook import read_playbook
    from assist.quality.scorecard_file import parse_scorecard

    is_good = True
    for path in paths:
        try:
            card = parse_scorecard(read_playbook(path), str(path))
        except PlaybookError as error:
            is_good = False
            row = {"path": str(path), "ok": False, "code": error.code, "message": error.message, "line": error.line}
            line = error.message
        else:
            items = len(list(card.items))
            row = {"path": str(path), "ok": True, "scorecard": card.reference, "items": items}
            line = f"{path}: {card.reference}, {len(card.sections)} sections, {items} items, ok"
        if as_json:
            print_json(row)
        else:
            results_console().print(line, markup=False)
    if not is_good:
        raise typer.Exit(1)


@app.command()
def reviews(
    state: Annotated[str | None, typer.Option(help="Only in this state, such as queued or with_lead.")] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="Only those whose time is over.")] = False,
    order: Annotated[Literal["due", "risk", "newest"], typer.Option(help="By what they are ordered.")] = "due",
    limit: Annotated[int, typer.Option(min=1, max=MOST_READ, help="How many are listed.")] = 50,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """List the reviews of stored calls."""
    from typing import cast, get_args

    from assist.errors import InputError
    from assist.messages import ReviewState

    if state is not None and state not in get_args(ReviewState):
        raise InputError(f"Known states are {', '.join(get_args(ReviewState))}.", code="unknown-state")
    settings = load_settings(data_dir=data_dir)

    async def read() -> Sequence[Review]:
        from assist.stores.reviews import ReviewQuery
        from gateway.wiring import open_stored

        states: list[ReviewState] = [cast("ReviewState", state)] if state else []
        overdue_at = datetime.now(UTC) if overdue else None
        async with open_stored(settings) as stores:
            return await stores.reviews.reviews(
                ReviewQuery(states=states, overdue_at=overdue_at, order=order, limit=limit)
            )

    found = run(read)
    if as_json:
        for review in found:
            print_json(review.model_dump(mode="json"))
        return
    print_table(
        ("review", "call", "origin", "risk", "state", "reviewer", "score", "due"),
        [
            (
                one.review_id,
                one.call_id,
                one.origin,
                one.risk,
                one.state,
                one.reviewer_name or "–",
                "–" if one.score is None else one.score,
                "–" if one.due_at is None else f"{one.due_at.astimezone(settings.zone):%Y-%m-%d %H:%M}",
            )
            for one in found
        ],
    )


@app.command()
def agreement(
    scorecard: Annotated[str | None, typer.Option(help="Only calls scored by this scorecard.")] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """How far reviewers agree who scored the same calls blind to each other: Cohen's kappa, by item and over all."""
    settings = load_settings(data_dir=data_dir)

    async def read() -> AgreementReport:
        from assist.quality.agreement import agreement_of
        from assist.quality.review import OVER
        from assist.stores.reviews import ReviewQuery
        from gateway.wiring import open_stored

        async with open_stored(settings) as stores:
            query = ReviewQuery(kind="calibration", order="newest", limit=MOST_READ)
            sessions: dict[str | None, list[Review]] = {}
            for review in await stores.reviews.reviews(query):
                if scorecard in (None, review.scorecard.partition("@")[0]):
                    sessions.setdefault(review.calibration_id, []).append(review)
        return agreement_of(one for one in sessions.values() if all(review.state in OVER for review in one))

    report = run(read)
    if as_json:
        print_json(asdict(report))
        return
    rows = [(item.title, item.found) for item in report.items]
    print_table(
        ("item", "kappa", "alike", "ratings"),
        [
            (name, _number(found.kappa), _share(found.agreement), found.ratings)
            for name, found in (*rows, ("over all", report.overall))
        ],
    )
    gap = "–" if report.mean_score_gap is None else f"{report.mean_score_gap:.1f}"
    results_console().print(f"{report.sessions} calls, {gap} points between two scores of a call on average.")


@app.command()
def precision(
    playbook: Annotated[str, typer.Argument(help="Name of the playbook.")] = "telecom",
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """How often each rule was right where it found fault, as people judged its flags."""
    settings = load_settings(data_dir=data_dir)

    async def read() -> Mapping[str, Precision]:
        from gateway.wiring import open_stored

        async with open_stored(settings) as stores:
            return await stores.reviews.precisions(playbook)

    found = run(read)
    if as_json:
        print_json({"playbook": playbook, "rules": {rule_id: asdict(one) for rule_id, one in found.items()}})
        return
    print_table(
        ("rule", "judged", "right", "precision", "95 % interval"),
        [
            (rule_id, one.judged, one.right, _share(one.precision), f"{_share(one.low)} – {_share(one.high)}")
            for rule_id, one in found.items()
        ],
    )


@app.command()
def rebuild(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Make reviews and risks of all closed calls anew from their logs; a service may run meanwhile."""
    settings = load_settings(data_dir=data_dir)
    rebuild_and_tell(settings, lambda stores: stores.reviews, "{calls} calls can be drawn from.", as_json=as_json)


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.0%}"
