"""The playbook in use."""

from __future__ import annotations

from fastapi import APIRouter

from gateway.api.access import Served
from gateway.api.models import PlaybookInfo, RuleTitle

playbook_routes = APIRouter(tags=["playbook"])


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
