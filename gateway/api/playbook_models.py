"""Bodies of the playbook pages' API."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from assist.backtest import ChangeKind, Said, change_between
from assist.messages import Because
from assist.playbook import Playbook
from assist.ports import CallSummary
from assist.stores.playbooks import Draft, Origin, PlaybookVersion
from gateway.api.models import Body, ErrorDetail
from gateway.publishing import PlaybookEntry, State
from gateway.rehearsal import Examination, Outcome, ProblemKind, Severity, Trial, TrialLine

MAX_TEXT_CHARS = 1024 * 1024
MAX_REPLAYED_CALLS = 1_000

PlaybookText = Annotated[str, StringConstraints(max_length=MAX_TEXT_CHARS)]
Note = Annotated[str, StringConstraints(max_length=500)]
Number = Annotated[int, Field(ge=0, le=1_000_000_000)]


class RunningPlaybook(Body):
    version: str
    title: str
    rules: int

    @classmethod
    def of(cls, playbook: Playbook) -> RunningPlaybook:
        return cls(version=playbook.version, title=playbook.title, rules=len(playbook.rules))


class FileProblem(ErrorDetail):
    line: int | None
    """1-based, in the file as it is on the disk."""


class DraftInfo(Body):
    saves: int
    """Send it as ``after`` when you save."""
    base: int
    author: str
    at: datetime

    @classmethod
    def of(cls, draft: Draft) -> DraftInfo:
        return cls(saves=draft.saves, base=draft.base, author=draft.author, at=draft.at)


class VersionInfo(Body):
    number: int
    version: str
    digest: str
    origin: Origin
    author: str
    note: str
    at: datetime

    @classmethod
    def of(cls, version: PlaybookVersion) -> VersionInfo:
        return cls.model_validate(version, from_attributes=True)


class PlaybookRow(Body):
    """A playbook in the list."""

    name: str
    state: State
    """``kept``: its file is broken and the last good version runs on."""
    is_default: bool
    """Whether calls run under it that name no other."""
    file: str | None
    running: RunningPlaybook | None
    """What new calls run under."""
    problem: FileProblem | None
    """Why the file is not in use."""
    newest: VersionInfo | None
    draft: DraftInfo | None

    @classmethod
    def of(cls, entry: PlaybookEntry, *, is_default: bool) -> PlaybookRow:
        problem = None
        if entry.error is not None:
            problem = FileProblem(code=entry.error.code, message=entry.error.reason, line=entry.error.line)
        return cls(
            name=entry.name,
            state=entry.state,
            is_default=is_default,
            file=entry.path.name if entry.path else None,
            running=RunningPlaybook.of(entry.running) if entry.running else None,
            problem=problem,
            newest=VersionInfo.of(entry.newest) if entry.newest else None,
            draft=DraftInfo.of(entry.draft) if entry.draft else None,
        )


class PlaybookList(Body):
    playbooks: list[PlaybookRow]


class PlaybookDetail(Body):
    playbook: PlaybookRow
    versions: list[VersionInfo]
    """Newest first, at most 200."""


class TextBody(Body):
    text: str


class CheckRequest(Body):
    text: PlaybookText


class ProblemRow(Body):
    severity: Severity
    kind: ProblemKind
    line: int
    message: str


class CheckResult(Body):
    can_publish: bool
    """Whether nothing is wrong with the text; that the version is new is asked when it is published."""
    version: str | None
    rules: int
    cases: int
    cases_failed: int
    problems: list[ProblemRow]

    @classmethod
    def of(cls, found: Examination, more: list[ProblemRow]) -> CheckResult:
        problems = [ProblemRow.model_validate(problem, from_attributes=True) for problem in found.problems]
        return cls(
            can_publish=found.can_publish,
            version=found.playbook.version if found.playbook else None,
            rules=len(found.playbook.rules) if found.playbook else 0,
            cases=found.cases,
            cases_failed=found.cases_failed,
            problems=sorted(problems + more, key=lambda problem: problem.line),
        )


class DraftRequest(Body):
    text: PlaybookText
    base: Number
    """Number of the version the edit was begun from; 0 for a new playbook."""
    after: Number
    """``saves`` of the draft that was read; 0 if there was none."""


class PublishRequest(Body):
    text: PlaybookText
    base: Number
    note: Note = ""


class RollBackRequest(Body):
    number: Annotated[int, Field(ge=1, le=1_000_000_000)]
    base: Number
    note: Note = ""


class DiffResult(Body):
    diff: str
    """Unified, with three lines of context; empty: the texts are equal."""


class TryRequest(Body):
    text: PlaybookText
    call_id: Annotated[str, StringConstraints(max_length=64)]


class SaidRow(Body):
    """One prompt, flag or notification, in the call's record, now, or in both."""

    kind: Literal["prompt", "flag", "notification"]
    rule_id: str
    title: str
    at_ms: int
    change: Literal["same"] | ChangeKind | None
    """None: the record is not compared with."""
    before: str | None
    """Verdict of a flag, what became of a prompt, or channel of a notification, in the record."""
    after: str | None
    because: Because

    @classmethod
    def of(cls, line: TrialLine, *, is_compared: bool) -> SaidRow:
        said = line.said
        return cls(
            kind=said.kind,
            rule_id=said.rule_id,
            title=said.title,
            at_ms=said.at_ms,
            change=(change_between(line.record, line.now) or "same") if is_compared else None,
            before=_standing(line.record),
            after=_standing(line.now),
            because=said.because,
        )


class TryResult(Body):
    call: CallSummary
    playbook: str
    """name@version that was tried."""
    record: str
    """name@version that the call ran under."""
    is_compared: bool
    said: list[SaidRow]

    @classmethod
    def of(cls, trial: Trial, call: CallSummary) -> TryResult:
        said = [SaidRow.of(line, is_compared=trial.is_compared) for line in trial.lines]
        return cls(
            call=call, playbook=trial.playbook, record=trial.call.playbook, is_compared=trial.is_compared, said=said
        )


class ReplayRequest(Body):
    text: PlaybookText
    most: Annotated[int, Field(ge=1, le=MAX_REPLAYED_CALLS)] = 200
    """The newest calls that are replayed."""
    against: Literal["record", "running"] = "record"
    """What is compared with: what was said in the calls, or what the running version says to them."""
    practice: bool = False
    """Calls of practice are replayed, too."""


class ReplayProgress(Body):
    type: Literal["progress"] = "progress"
    done: int
    of: int


class ReplayReport(Body):
    type: Literal["report"] = "report"
    report: dict[str, Any]
    """As ``livecue rules replay --json`` prints it."""
    skipped: list[ErrorRow]
    skipped_more: int

    @classmethod
    def of(cls, outcome: Outcome) -> ReplayReport:
        skipped = [ErrorRow(name=one.name, code=one.code, message=one.reason) for one in outcome.skipped]
        return cls(report=outcome.report.as_values(), skipped=skipped, skipped_more=outcome.skipped_more)


class ReplayFailed(ErrorDetail):
    type: Literal["failed"] = "failed"


class ErrorRow(ErrorDetail):
    name: str
    """The call that was left out."""


def _standing(said: Said | None) -> str | None:
    return None if said is None else said.standing
