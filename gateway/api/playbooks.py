"""Playbooks: list, texts, drafts, publishing, rolling back; `/playbook` is the one in use."""

from __future__ import annotations

import asyncio
from difflib import unified_diff
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query

from assist.errors import InputError, PlaybookError
from assist.playbook import Playbook
from assist.playbook.schema import json_schema
from assist.stores.accounts import User
from gateway.api.access import Served, permitted
from gateway.api.models import PlaybookInfo, RuleTitle
from gateway.api.playbook_models import (
    DiffResult,
    DraftInfo,
    DraftRequest,
    PlaybookDetail,
    PlaybookList,
    PlaybookRow,
    PublishRequest,
    RollBackRequest,
    TextBody,
    VersionInfo,
)
from gateway.publishing import PlaybookEntry
from gateway.rehearsal import Problem
from gateway.service import Service

playbook_routes = APIRouter(tags=["playbooks"])

Name = Annotated[str, Path(pattern="^[a-z][a-z0-9_-]{0,63}$")]
Which = Annotated[str, Path(pattern="^(file|draft|[0-9]{1,9})$")]
WhichAsked = Annotated[str, Query(pattern="^(file|draft|[0-9]{1,9})$")]

Reader = Annotated[User, Depends(permitted("playbook.read"))]
Editor = Annotated[User, Depends(permitted("playbook.edit"))]
Publisher = Annotated[User, Depends(permitted("playbook.publish"))]


@playbook_routes.get("/playbook")
async def get_playbook(service: Served) -> PlaybookInfo:
    """Name, version and titles of the playbook that the next call runs under."""
    current = service.playbooks.get(None)
    rules = [
        RuleTitle(
            rule_id=rule.rule_id,
            title=rule.title,
            prompt=rule.prompt.kind if rule.prompt else None,
            severity=rule.severity if rule.flag else None,
        )
        for rule in current.rules
    ]
    return PlaybookInfo(name=current.name, version=current.version, title=current.title, rules=rules)


@playbook_routes.get("/playbook-schema")
async def get_schema(service: Served, user: Reader) -> dict[str, Any]:
    """The rule language as a JSON Schema, with the names of the channels that rules may notify here."""
    return json_schema(service.settings.channels)


@playbook_routes.get("/playbooks")
async def list_playbooks(service: Served, user: Reader) -> PlaybookList:
    """Every playbook that runs, ran, or is being written, by name."""
    return PlaybookList(playbooks=[_row(service, entry) for entry in await service.publishing.entries()])


@playbook_routes.get("/playbooks/{name}")
async def get_playbook_detail(service: Served, user: Reader, name: Name) -> PlaybookDetail:
    """One of them with its versions."""
    entry = await service.publishing.entry(name)
    versions = [VersionInfo.of(version) for version in await service.publishing.versions(name)]
    return PlaybookDetail(playbook=_row(service, entry), versions=versions)


@playbook_routes.get("/playbooks/{name}/texts/{which}")
async def get_text(service: Served, user: Reader, name: Name, which: Which) -> TextBody:
    """A text: `file` as it is on the disk, `draft`, or the number of a version."""
    return TextBody(text=await service.publishing.text(name, which))


@playbook_routes.get("/playbooks/{name}/diff")
async def get_diff(
    service: Served,
    user: Reader,
    name: Name,
    before: WhichAsked,
    after: WhichAsked,
) -> DiffResult:
    """What one text changes in another."""
    old, new = [await service.publishing.text(name, which) for which in (before, after)]
    return DiffResult(diff=await asyncio.to_thread(_diff, old, new, before, after))


@playbook_routes.put("/playbooks/{name}/draft")
async def save_draft(service: Served, user: Editor, name: Name, body: DraftRequest) -> DraftInfo:
    """Keep what is being edited; refused with `draft-changed` when somebody else has saved meanwhile."""
    draft = await service.publishing.save_draft(name, body.text, base=body.base, after=body.after, author=user)
    return DraftInfo.of(draft)


@playbook_routes.delete("/playbooks/{name}/draft", status_code=204)
async def remove_draft(
    service: Served, user: Editor, name: Name, after: Annotated[int, Query(ge=1, le=1_000_000_000)]
) -> None:
    """Discard it; refused with `draft-changed` when somebody else has saved meanwhile."""
    await service.publishing.remove_draft(name, after=after)


@playbook_routes.post("/playbooks/{name}/versions", status_code=201)
async def publish(service: Served, user: Publisher, name: Name, body: PublishRequest) -> VersionInfo:
    """Put a text into use for new calls and forget the draft.

    Refused: `bad-playbook`, `cases-failed`, `playbook-renamed`; `version-taken` when the content is new and its
    version is not; `playbook-changed` when a newer version than `base` has come into use.
    """
    text = _tidy(body.text)
    playbook = await _examined(service, text, name)
    version = await service.publishing.publish(playbook, text, base=body.base, author=user, note=body.note)
    await service.reload_playbooks()
    return VersionInfo.of(version)


@playbook_routes.post("/playbooks/{name}/rollback", status_code=201)
async def roll_back(service: Served, user: Publisher, name: Name, body: RollBackRequest) -> VersionInfo:
    """Put an earlier version into use again; it becomes the newest one. Drafts are left alone.

    Its cases are tried and its channels looked for again, since models, channels and Livecue may have changed:
    refused as a text that is published is, `unknown-version` beside it.
    """
    text = await service.publishing.text(name, str(body.number))
    playbook = await _examined(service, text, name)
    version = await service.publishing.roll_back(playbook, text, base=body.base, author=user, note=body.note)
    await service.reload_playbooks()
    return VersionInfo.of(version)


async def _examined(service: Service, text: str, name: str) -> Playbook:
    """The playbook of a text of which nothing keeps it from being used. Raises InputError, PlaybookError."""
    found = await service.rehearsal.check(text, name)
    if found.playbook is None or not found.can_publish:
        raise _refusal(next(problem for problem in found.problems if problem.severity == "error"))
    return found.playbook


def _row(service: Service, entry: PlaybookEntry) -> PlaybookRow:
    return PlaybookRow.of(entry, is_default=entry.running is not None and entry.running is _default(service))


def _default(service: Service) -> object:
    try:
        return service.playbooks.get(None)
    except PlaybookError:
        return None


def _tidy(text: str) -> str:
    """As files are: line ends of Unix, one at the end."""
    return text.replace("\r\n", "\n").rstrip("\n") + "\n"


def _diff(old: str, new: str, before: str, after: str) -> str:
    lines = unified_diff(old.splitlines(), new.splitlines(), before, after, lineterm="")
    return "\n".join(lines)


def _refusal(problem: Problem) -> InputError:
    message = f"Line {problem.line}: {problem.message}"
    match problem.kind:
        case "case":
            return InputError(message, code="cases-failed")
        case "name":
            return InputError(message, code="playbook-renamed")
        case _:
            return PlaybookError(message)
