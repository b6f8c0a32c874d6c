"""Logging in over REST, and who may do what with a session or key."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute

from gateway.app import create_app
from tests.support.service import ORIGIN, PASSWORD, http_client, listening, log_in, open_test_service

OPEN_ROUTES = {("POST", "/api/v1/session"), ("GET", "/healthz"), ("GET", "/readyz"), ("GET", "/metrics")}
PAGES = ("/api/docs", "/api/v1/openapi.json", "/{path:path}")


async def test_log_in_sets_a_cookie_that_scripts_cannot_read_and_that_opens_the_api(tmp_path: Path) -> None:
    async with open_test_service(tmp_path) as service, http_client(service) as client:
        await service.accounts.add_user("lin", "agent", password=PASSWORD, display_name="林晓", agent_id="1001")
        answer = await client.post("/api/v1/session", json={"name": "lin", "password": PASSWORD})
        who = (await client.get("/api/v1/session")).json()
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "secure" not in cookie
    assert "max-age=43200" in cookie
    assert (who["name"], who["role"], who["agent_id"]) == ("林晓", "agent", "1001")


async def test_cookie_is_secure_behind_https(tmp_path: Path) -> None:
    async with (
        open_test_service(tmp_path, public_url="https://cue.example.com") as service,
        http_client(service) as client,
    ):
        await service.accounts.add_user("a", "admin", password=PASSWORD)
        answer = await client.post(
            "/api/v1/session",
            json={"name": "a", "password": PASSWORD},
            headers={"host": "cue.example.com", "origin": "https://cue.example.com"},
        )
    assert "secure" in answer.headers["set-cookie"].lower()


async def test_session_token_is_stored_as_a_hash_only(tmp_path: Path) -> None:
    async with open_test_service(tmp_path) as service, http_client(service) as client:
        await log_in(client, service, "admin")
        token = client.cookies["livecue_session"]
        database = await asyncio.to_thread(_database_bytes, tmp_path)
    assert database
    assert token.encode() not in database
    assert PASSWORD.encode() not in database


async def test_logged_out_session_is_over_also_for_a_kept_cookie(tmp_path: Path) -> None:
    async with open_test_service(tmp_path) as service, http_client(service) as client:
        await log_in(client, service, "admin")
        token = client.cookies["livecue_session"]
        assert (await client.delete("/api/v1/session")).status_code == 204
        client.cookies.set("livecue_session", token)
        assert (await client.get("/api/v1/session")).status_code == 401


@pytest.mark.parametrize("credentials", [{"name": "admin", "password": "wrong"}, {"name": "no", "password": PASSWORD}])
async def test_wrong_name_and_wrong_password_get_the_same_answer(tmp_path: Path, credentials: dict[str, str]) -> None:
    async with open_test_service(tmp_path) as service, http_client(service) as client:
        await service.accounts.add_user("admin", "admin", password=PASSWORD)
        answer = await client.post("/api/v1/session", json=credentials)
    assert answer.status_code == 401
    assert answer.json() == {"error": {"code": "wrong-credentials", "message": "The name or the password is wrong."}}


async def test_sixth_attempt_is_refused_even_with_the_right_password(tmp_path: Path) -> None:
    async with open_test_service(tmp_path) as service, http_client(service) as client:
        await service.accounts.add_user("admin", "admin", password=PASSWORD)
        for _ in range(5):
            await client.post("/api/v1/session", json={"name": "admin", "password": "wrong"})
        answer = await client.post("/api/v1/session", json={"name": "admin", "password": PASSWORD})
    assert answer.status_code == 429
    assert answer.json()["error"]["code"] == "too-many-logins"
    assert int(answer.headers["retry-after"]) > 0


async def attempts(client: httpx.AsyncClient, address: str) -> list[int]:
    """Statuses of six wrong log-ins that say where they come from."""
    body, statuses = {"name": "admin", "password": "wrong"}, list[int]()
    for number in range(6):
        headers = {"x-forwarded-for": address.format(number)}
        statuses.append((await client.post("/api/v1/session", json=body, headers=headers)).status_code)
    return statuses


@pytest.mark.parametrize(("trusted_proxy", "last"), [(False, 429), (True, 401)])
async def test_where_a_log_in_comes_from_is_believed_of_a_trusted_proxy_alone(
    tmp_path: Path, trusted_proxy: bool, last: int
) -> None:
    async with open_test_service(tmp_path, trusted_proxy=trusted_proxy) as service, listening(service) as port:
        await service.accounts.add_user("admin", "admin", password=PASSWORD)
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            assert (await attempts(client, "203.0.113.{}"))[-1] == last


async def test_who_guesses_behind_a_proxy_gains_nothing_by_claiming_addresses(tmp_path: Path) -> None:
    async with open_test_service(tmp_path, trusted_proxy=True) as service, http_client(service) as client:
        await service.accounts.add_user("admin", "admin", password=PASSWORD)
        assert (await attempts(client, "203.0.113.{}, 198.51.100.7"))[-1] == 429


async def test_page_of_another_site_cannot_log_out_the_user(tmp_path: Path) -> None:
    async with open_test_service(tmp_path) as service, http_client(service) as client:
        await log_in(client, service, "admin")
        foreign = await client.delete("/api/v1/session", headers={"origin": "https://evil.example"})
        own = await client.delete("/api/v1/session", headers={"origin": ORIGIN})
    assert (foreign.status_code, foreign.json()["error"]["code"]) == (403, "foreign-origin")
    assert own.status_code == 204


@pytest.mark.parametrize("header", ["authorization", "x-api-key"])
async def test_api_key_reads_calls_without_a_session(tmp_path: Path, header: str) -> None:
    async with open_test_service(tmp_path) as service, http_client(service) as client:
        key = await service.accounts.add_key("crm")
        value = f"Bearer {key}" if header == "authorization" else key
        good = await client.get("/api/v1/calls", headers={header: value})
        bad = await client.get("/api/v1/calls", headers={header: value + "x"})
    assert (good.status_code, bad.status_code) == (200, 401)


async def test_every_route_needs_a_session_unless_it_is_listed_as_open(tmp_path: Path) -> None:
    async with open_test_service(tmp_path) as service, http_client(service) as client:
        schema: dict[str, Any] = create_app(service).openapi()
        routes = [(method.upper(), path) for path, methods in schema["paths"].items() for method in methods]
        assert len(routes) >= 12
        for method, path in routes:
            if (method, path) in OPEN_ROUTES:
                continue
            url = path.replace("{call_id}", "c1").replace("{prompt_id}", "p1")
            answer = await client.request(method, url, json={"outcome": "shown"} if method == "POST" else None)
            assert answer.status_code == 401, (method, path, answer.text)
            assert answer.json()["error"]["code"] == "not-authenticated"


async def test_only_pages_are_left_out_of_the_schema(tmp_path: Path) -> None:
    async with open_test_service(tmp_path) as service:
        app = create_app(service)
        hidden = [route.path for route in app.routes if isinstance(route, APIRoute) and not route.include_in_schema]
    assert all(path.startswith(PAGES) for path in hidden)


def _database_bytes(directory: Path) -> bytes:
    return b"".join(path.read_bytes() for path in directory.glob("livecue.db*"))
