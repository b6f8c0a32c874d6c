"""What every answer of the application has in common, the probes, and the pages."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from assist.errors import ModelFilesError
from gateway.app import create_app
from gateway.service import RECOGNISER
from tests.support.service import PLAYBOOK, http_client, log_in, open_test_service, play


async def test_foreign_host_is_refused_except_where_machines_come_in(tmp_path: Path) -> None:
    async with open_test_service(tmp_path) as service, http_client(service) as client:
        rebound = await client.get("/api/v1/session", headers={"host": "evil.example"})
        probe = await client.get("/healthz", headers={"host": "10.1.2.3"})
    assert (rebound.status_code, rebound.json()["error"]["code"]) == (400, "bad-host")
    assert probe.status_code == 200


async def test_every_answer_carries_the_security_headers(tmp_path: Path) -> None:
    async with open_test_service(tmp_path) as service, http_client(service) as client:
        for path in ("/", "/healthz", "/api/docs", "/api/v1/nothing"):
            headers = (await client.get(path)).headers
            assert "frame-ancestors 'none'" in headers["content-security-policy"], path
            assert "script-src 'self'" in headers["content-security-policy"]
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("is_announced", [True, False])
async def test_body_over_the_limit_is_refused(tmp_path: Path, is_announced: bool) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"x" * 100

    async with open_test_service(tmp_path, limits={"body_bytes": 1000}) as service, http_client(service) as client:
        content = b"x" * 2000 if is_announced else chunks()
        answer = await client.post("/api/v1/session", content=content)
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "body-too-large")


async def test_failure_inside_says_nothing_of_the_inside(tmp_path: Path) -> None:
    async with open_test_service(tmp_path) as service:
        app = create_app(service)

        @app.get("/boom")
        async def boom() -> None:  # pyright: ignore[reportUnusedFunction]
            raise RuntimeError("secret detail")

        app.router.routes.insert(0, app.router.routes.pop())
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            answer = await client.get("/boom")
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "internal-error")
    assert "secret" not in answer.text


async def test_service_is_ready_when_all_parts_are(tmp_path: Path) -> None:
    async with open_test_service(tmp_path) as service, http_client(service) as client:
        await service.readiness.started(RECOGNISER)
        answer = await client.get("/readyz")
        assert (answer.status_code, answer.json()["status"]) == (200, "ready")
        await service.stop_calls()
        stopping = await client.get("/readyz")
    assert stopping.status_code == 503
    assert stopping.json()["parts"]["calls"]["code"] == "server-stopping"


async def test_service_whose_recogniser_is_full_sends_new_calls_elsewhere(tmp_path: Path) -> None:
    async with open_test_service(tmp_path) as service, http_client(service) as client:
        await service.readiness.started(RECOGNISER)
        service.has_room = lambda: False
        answer = await client.get("/readyz")
        service.has_room = lambda: True
        again = await client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["parts"]["calls"] == {
        "state": "full",
        "code": "overloaded",
        "message": "The recogniser has all the calls that it can carry.",
    }
    assert again.status_code == 200


async def test_recogniser_that_cannot_be_used_keeps_the_service_unready_and_says_why(tmp_path: Path) -> None:
    async def broken() -> None:
        raise ModelFilesError("The model is damaged.", code="model-files-damaged")

    async with open_test_service(tmp_path, warm_up=broken) as service, http_client(service) as client:
        await service.readiness.started(RECOGNISER)
        answer = await client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["parts"]["recogniser"]["code"] == "model-files-damaged"


@pytest.mark.parametrize("recogniser", ["works", "is broken"])
async def test_what_lives_as_long_as_the_service_is_never_looked_through_for_garbage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, recogniser: str
) -> None:
    async def warm_up() -> None:
        if recogniser == "is broken":
            raise ModelFilesError("The model is damaged.", code="model-files-damaged")

    frozen = asyncio.Event()
    monkeypatch.setattr(gc, "freeze", frozen.set)
    async with asyncio.timeout(20), open_test_service(tmp_path, warm_up=warm_up):
        await frozen.wait()


async def test_changed_playbook_is_used_for_new_calls_and_a_broken_one_is_not(tmp_path: Path) -> None:
    edits: asyncio.Queue[str] = asyncio.Queue()
    file = tmp_path / "playbooks" / "small.yaml"

    async def changes() -> AsyncIterator[object]:
        while True:
            file.write_text(await edits.get(), encoding="utf-8")
            yield file
            edits.task_done()

    async with open_test_service(tmp_path, playbook_changes=changes) as service, http_client(service) as client:
        await log_in(client, service, "admin")
        await edits.put(PLAYBOOK.replace('"3"', '"4"'))
        await edits.join()
        assert (await client.get("/api/v1/playbook")).json()["version"] == "4"
        await edits.put("name: [")
        await edits.join()
        assert (await client.get("/api/v1/playbook")).json()["version"] == "4"
        broken = (await client.get("/readyz")).json()
        await edits.put(PLAYBOOK.replace('"3"', '"5"'))
        await edits.join()
        assert (await client.get("/api/v1/playbook")).json()["version"] == "5"
        mended = (await client.get("/readyz")).json()
        metrics = (await client.get("/metrics")).text
    assert broken["parts"]["playbook"]["state"] == "impaired"
    assert "small.yaml" in broken["parts"]["playbook"]["message"]
    assert mended["parts"]["playbook"]["state"] == "ready"
    assert 'livecue_playbook_reloads_total{result="refused"} 1.0' in metrics


async def test_metrics_count_what_happened_in_a_call(tmp_path: Path) -> None:
    async with open_test_service(tmp_path) as service, http_client(service) as client:
        await play(service, "c1")
        await service.stop_calls()
        text = (await client.get("/metrics")).text
    assert 'livecue_calls_closed_total{cause="hangup"} 1.0' in text
    assert 'livecue_utterances_total{party="agent"} 2.0' in text
    assert 'livecue_prompts_total{arm="shown",kind="offer"} 1.0' in text
    assert "livecue_audio_received_ms_total 10000.0" in text
    assert "livecue_calls_open 0.0" in text


async def test_metrics_can_be_switched_off(tmp_path: Path) -> None:
    async with open_test_service(tmp_path, metrics=False) as service, http_client(service) as client:
        answer = await client.get("/metrics")
    assert "livecue_" not in answer.text


async def test_requests_are_counted_by_route_and_not_by_path(tmp_path: Path) -> None:
    async with open_test_service(tmp_path) as service, http_client(service) as client:
        await log_in(client, service, "qa")
        for call_id in ("a", "b"):
            await client.get(f"/api/v1/calls/{call_id}")
        text = (await client.get("/metrics")).text
    assert 'livecue_http_requests_total{route="/api/v1/calls/{call_id}",status="404"} 2.0' in text


async def test_pages_are_served_from_the_build_with_links_into_the_app(tmp_path: Path) -> None:
    build = tmp_path / "build"
    (build / "assets").mkdir(parents=True)
    (build / "index.html").write_text("<html>the app</html>")
    (build / "assets" / "app-1a2b.js").write_text("start()")
    (tmp_path / "secret.txt").write_text("secret")
    async with open_test_service(tmp_path) as service, http_client(service, static_dir=build) as client:
        page, *links = [await client.get(path) for path in ("/", "/calls/c1", "/calls/c1.part-2?at=900")]
        script = await client.get("/assets/app-1a2b.js")
        missing = await client.get("/assets/gone.js")
        outside = await client.get("/..%2Fsecret.txt")
    assert {answer.text for answer in (page, *links)} == {"<html>the app</html>"}
    assert page.headers["cache-control"] == "no-cache"
    assert (script.text, "immutable" in script.headers["cache-control"]) == ("start()", True)
    assert missing.status_code == 404
    assert "secret" not in outside.text


async def test_missing_build_is_explained(tmp_path: Path) -> None:
    async with open_test_service(tmp_path) as service, http_client(service) as client:
        answer = await client.get("/")
    assert answer.status_code == 503
    assert "make web" in answer.text


async def test_openapi_page_needs_no_foreign_host_and_no_inline_script(tmp_path: Path) -> None:
    async with open_test_service(tmp_path) as service, http_client(service) as client:
        page = await client.get("/api/docs")
        files = [
            await client.get(f"/api/docs/{name}") for name in ("swagger-ui-bundle.js", "swagger-ui.css", "start.js")
        ]
        schema = (await client.get("/api/v1/openapi.json")).json()
    assert "https://" not in page.text
    assert "<script>" not in page.text
    assert [file.status_code for file in files] == [200, 200, 200]
    assert "/api/v1/calls/{call_id}/audio" in schema["paths"]
