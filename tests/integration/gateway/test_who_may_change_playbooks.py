"""Playbooks over REST: who may do what."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import httpx
import pytest
from fastapi.routing import APIRoute

from assist.stores.accounts import Role
from gateway.api.playbook_trials import trial_routes
from gateway.api.playbooks import playbook_routes
from gateway.permissions import PERMISSIONS, Permission
from tests.support.service import PLAYBOOK, http_client, log_in, open_test_service, play

ROUTES: dict[tuple[str, str], Permission] = {
    ("GET", "/playbook-schema"): "playbook.read",
    ("GET", "/playbooks"): "playbook.read",
    ("GET", "/playbooks/{name}"): "playbook.read",
    ("GET", "/playbooks/{name}/texts/1"): "playbook.read",
    ("GET", "/playbooks/{name}/diff?before=1&after=file"): "playbook.read",
    ("PUT", "/playbooks/{name}/draft"): "playbook.edit",
    ("DELETE", "/playbooks/{name}/draft?after=1"): "playbook.edit",
    ("POST", "/playbooks/{name}/check"): "playbook.edit",
    ("POST", "/playbooks/{name}/try"): "playbook.edit",
    ("POST", "/playbooks/{name}/replay"): "playbook.edit",
    ("POST", "/playbooks/{name}/versions"): "playbook.publish",
    ("POST", "/playbooks/{name}/rollback"): "playbook.publish",
}
BODY = {"text": PLAYBOOK.replace('version: "3"', 'version: "4"'), "base": 1, "after": 0, "number": 1, "call_id": "c1"}


async def request(client: httpx.AsyncClient, method: str, path: str) -> httpx.Response:
    json_body = None if method in ("GET", "DELETE") else BODY
    return await client.request(method, f"/api/v1{path.format(name='small')}", json=json_body)


def test_every_route_of_playbooks_is_in_the_table() -> None:
    served = {
        (method, route.path)
        for route in (*playbook_routes.routes, *trial_routes.routes)
        if isinstance(route, APIRoute) and route.path != "/playbook"
        for method in route.methods or ()
    }
    named = {(method, path.partition("?")[0].replace("/texts/1", "/texts/{which}")) for method, path in ROUTES}
    assert named == served


@pytest.mark.parametrize("role", get_args(Role))
async def test_every_route_is_open_to_those_who_may_and_to_nobody_else(tmp_path: Path, role: Role) -> None:
    async with open_test_service(tmp_path) as service, http_client(service) as client:
        await log_in(client, service, role, agent_id="1001" if role == "agent" else None)
        await play(service, "c1", agent_id="1001")
        for (method, path), permission in ROUTES.items():
            answer = await request(client, method, path)
            may = permission in PERMISSIONS[role]
            assert (answer.status_code != 403) is may, (role, method, path, answer.text)


async def test_an_api_key_reads_playbooks_and_changes_none(tmp_path: Path) -> None:
    async with open_test_service(tmp_path) as service, http_client(service) as client:
        client.headers["x-api-key"] = await service.accounts.add_key("pbx")
        for (method, path), permission in ROUTES.items():
            answer = await request(client, method, path)
            assert (answer.status_code != 403) is (permission == "playbook.read"), (method, path, answer.text)


async def test_nobody_gets_in_without_logging_in(tmp_path: Path) -> None:
    async with open_test_service(tmp_path) as service, http_client(service) as client:
        for method, path in ROUTES:
            assert (await request(client, method, path)).status_code == 401
