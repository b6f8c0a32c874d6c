"""A service with calls to review, and everybody who has to do with it at its door."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from assist.stores.accounts import Role
from gateway.app import create_app
from gateway.service import Service
from tests.support.service import PASSWORD, http_client, open_test_service, play

PLAYBOOK = """\
name: small
version: "3"
title: 小剧本
rules:
  - id: says-wait
    title: 让客户等
    party: agent
    severity: major
    phrase: {any: [请稍等]}
    because: 说了“{quote}”
    emit: {flag: {}}
    max_per_call: 1
"""

CARD = """\
name: service
version: 1
title: 服务评分表
playbook: small
sections:
  - id: service
    title: 服务
    items:
      - {id: solving, title: 解决问题, weight: 60, scale: 5, guidance: 一次解决得满分}
      - {id: waiting, title: 不让客户等, weight: 40, rules: [says-wait], silent: full}
"""

PEOPLE: Mapping[str, tuple[Role, str | None]] = {
    "lead": ("supervisor", None),
    "qa": ("qa", None),
    "qa2": ("qa", None),
    "quality": ("qa-lead", None),
    "agent": ("agent", "1001"),
    "mate": ("agent", "1002"),
    "train": ("trainer", None),
}
SCORES = [{"item_id": "solving", "value": 4, "reason": ""}, {"item_id": "waiting", "value": 0, "reason": ""}]


class Clock:
    """Time that tests move."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 9, 2, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@dataclass
class World:
    """A service with two calls of one agent, and people at its door."""

    service: Service
    clients: Mapping[str, httpx.AsyncClient]
    ids: Mapping[str, str]
    """User ids by name."""
    clock: Clock

    async def get(self, who: str, path: str, **params: Any) -> Any:
        answer = await self.clients[who].get(f"/api/v1{path}", params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, who: str, path: str, **body: Any) -> Any:
        answer = await self.clients[who].post(f"/api/v1{path}", json=body)
        assert answer.status_code in (200, 201), answer.text
        return answer.json()

    async def refused(self, who: str, path: str, **body: Any) -> tuple[int, str]:
        answer = await self.clients[who].post(f"/api/v1{path}", json=body)
        return answer.status_code, answer.json()["error"]["code"]

    async def chosen(self, call_id: str = "c1", reviewer: str | None = None) -> dict[str, Any]:
        reviewer_id = None if reviewer is None else self.ids[reviewer]
        return await self.post("lead", "/reviews", call_id=call_id, reviewer_id=reviewer_id)

    async def scored(self) -> dict[str, Any]:
        """A review of c1 that the agent was told of."""
        review = await self.chosen(reviewer="qa")
        path = f"/reviews/{review['review_id']}/score"
        return await self.post("qa", path, version=1, items=SCORES, summary="解决了")

    async def appealed(self) -> dict[str, Any]:
        review = await self.scored()
        points = [{"item_id": "waiting", "flag_id": "says-wait", "text": "只等了两秒"}]
        path = f"/reviews/{review['review_id']}/appeal"
        return await self.post("agent", path, version=review["version"], text="不应该扣分", points=points)


@asynccontextmanager
async def world_of(directory: Path, *call_ids: str, **settings: Any) -> AsyncGenerator[World]:
    cards = directory / "playbooks" / "scorecards"
    cards.mkdir(parents=True)
    (cards / "service.yaml").write_text(CARD, encoding="utf-8")
    clock = Clock()
    chosen: dict[str, Any] = {"reviews": {"risk_calls": 0, "random_calls": 0}, **settings}
    async with AsyncExitStack() as stack:
        service = await stack.enter_async_context(
            open_test_service(directory, playbook_text=PLAYBOOK, now=clock, masks_calls=True, **chosen)
        )
        app = create_app(service)
        clients: dict[str, httpx.AsyncClient] = {}
        ids: dict[str, str] = {}
        for name, (role, agent_id) in PEOPLE.items():
            user, _ = await service.accounts.add_user(name, role, password=PASSWORD, agent_id=agent_id)
            ids[name] = user.user_id
            clients[name] = await stack.enter_async_context(http_client(service, app=app))
            answer = await clients[name].post("/api/v1/session", json={"name": name, "password": PASSWORD})
            assert answer.status_code == 200
        for call_id in call_ids or ("c1",):
            await play(service, call_id)
        clock.now += timedelta(minutes=1)
        yield World(service, clients, ids, clock)
