"""Nothing that is put into a request makes the REST API fail: it is served, or refused in the API's own words."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from tests.support.service import PASSWORD, http_client, log_in, open_test_service, play

WORDS: tuple[str, ...] = (
    "",
    " ",
    "0",
    "-1",
    "1e9",
    "9" * 400,
    str(2**63),
    str(2**63 - 1),
    "NaN",
    "null",
    "true",
    "[]",
    "{}",
    "..",
    "../../etc/passwd",
    "..\\up",
    "/",
    "//",
    ".",
    "c1/",
    "c1%2F..",
    "%00",
    "\0",
    "c1\n",
    "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
    "话" * 300,
    "'; drop table calls; --",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "2026-01-01",
    "2026-01-01T00:00:00",
    "253402300800",
    "-1e300",
)
QUERIES: dict[str, tuple[str, ...]] = {
    "/api/v1/calls": ("open", "agent", "before", "limit"),
    "/api/v1/calls/c1/events": ("after", "limit"),
    "/api/v1/calls/c1/transcript": ("format",),
    "/api/v1/playbooks/small/diff": ("before", "after"),
    "/api/v1/archive": ("q", "agent", "since", "min_silence_share", "min_overtalk_s", "order", "after", "limit"),
    "/api/v1/reports/quality": ("by", "since", "until", "team", "reason", "format"),
}
PATHS = ("/api/v1/calls/{}", "/api/v1/calls/{}/events", "/api/v1/calls/{}/audio", "/api/v1/calls/{}/transcript")
PLAYBOOK_PATHS = tuple(f"/api/v1/playbooks/small/{action}" for action in ("check", "try", "replay", "versions"))
BODIES: tuple[bytes, ...] = (
    b"",
    b"null",
    b"[]",
    b"{",
    b"\xff\xfe",
    b'{"name": "\\ud800", "password": "\\ud800"}',
    b'{"name": "a\\u0000b", "password": "\\u0000"}',
    b'{"name": 1, "password": []}',
    b'{"outcome": "sold"}',
    b'{"outcome": "shown", "shown_after_ms": 1e400}',
    b'{"outcome": "shown", "shown_after_ms": ' + b"9" * 500 + b"}",
    b"[" * 20_000,
)


def assert_served_or_refused(answer: httpx.Response) -> None:
    request = f"{answer.request.method} {answer.request.url}: {answer.text[:300]}"
    assert answer.status_code < 500, request
    if answer.status_code >= 400:
        body: dict[str, Any] = json.loads(answer.text)
        assert set(body) == {"error"}, request
        assert set(body["error"]) == {"code", "message"}, request
        assert body["error"]["code"].islower(), request


async def test_any_query_parameter_is_served_or_refused(tmp_path: Path) -> None:
    async with open_test_service(tmp_path) as service, http_client(service) as client:
        await log_in(client, service, "qa")
        await play(service, "c1")
        for path, names in QUERIES.items():
            for name in names:
                for word in WORDS:
                    assert_served_or_refused(await client.get(path, params={name: word}))
                    assert_served_or_refused(await client.get(f"{path}?{name}={quote(word)}&{name}=1"))
        invented = random.Random(7)
        for _ in range(100):
            noise = invented.randbytes(invented.randrange(20))
            assert_served_or_refused(await client.get(f"/api/v1/calls?before={quote(noise)}&agent={quote(noise)}"))


async def test_any_call_id_is_served_or_refused_and_stays_inside(tmp_path: Path) -> None:
    (tmp_path / "secret.flac").write_bytes(b"secret")
    async with open_test_service(tmp_path) as service, http_client(service) as client:
        await log_in(client, service, "qa")
        for path in PATHS:
            for word in (*WORDS, "../secret", "..%2Fsecret", "x" * 65):
                for form in (quote(word, safe=""), quote(word), quote(quote(word, safe=""))):
                    answer = await client.get(path.format(form))
                    assert b"secret" not in answer.content or answer.status_code >= 400
                    if answer.headers["content-type"].startswith("application/json"):
                        assert_served_or_refused(answer)


async def test_any_body_is_served_or_refused(tmp_path: Path) -> None:
    async with open_test_service(tmp_path) as service, http_client(service) as client:
        await log_in(client, service, "qa")
        await play(service, "c1")
        for path in ("/api/v1/session", "/api/v1/calls/c1/prompts/p/outcomes", "/api/v1/calls/c1/prompts/%00/outcomes"):
            for body in BODIES:
                for kind in ("application/json", "text/plain", "multipart/form-data", "a/b/c"):
                    answer = await client.post(path, content=body, headers={"content-type": kind})
                    assert_served_or_refused(answer)
                    assert answer.status_code >= 400
        for path in PLAYBOOK_PATHS:
            for text in WORDS:
                body = {"text": text, "base": 1, "call_id": text}
                answer = await client.post(path, json=body)
                if answer.headers["content-type"].startswith("application/json"):
                    assert_served_or_refused(answer)


async def test_wrong_parameter_is_named_with_a_stable_code(tmp_path: Path) -> None:
    async with open_test_service(tmp_path) as service, http_client(service) as client:
        await log_in(client, service, "qa")
        answer = await client.get("/api/v1/calls?limit=0")
        wrong_body = await client.post("/api/v1/session", json={"name": "", "password": PASSWORD})
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "bad-input")
    assert answer.json()["error"]["message"].startswith("query.limit: ")
    assert wrong_body.json()["error"]["message"].startswith("body.name: ")


async def test_any_host_origin_cookie_and_range_is_served_or_refused(tmp_path: Path) -> None:
    async with open_test_service(tmp_path) as service, http_client(service) as client:
        await log_in(client, service, "qa")
        await play(service, "c1")
        await service.stop_calls()
        words = (
            *WORDS,
            "[",
            "]",
            "[::1",
            "http://[",
            "http://[::1",
            "http://a:b@c:99999",
            "null",
            "bytes=-1",
            "bytes=9-",
        )
        for name in ("host", "origin", "cookie", "authorization", "x-api-key", "range", "content-length"):
            for word in words:
                value = word.encode("utf-8", "replace")
                request = client.build_request("GET", "/api/v1/calls/c1/audio")
                request.headers = httpx.Headers([*request.headers.raw, (name.encode(), value)])
                if name == "host":
                    request.headers = httpx.Headers([(b"host", value)])
                answer = await client.send(request)
                assert answer.status_code < 500, (name, word, answer.text)
                request = client.build_request("DELETE", "/api/v1/session", headers=[(name.encode(), value)])
                assert (await client.send(request)).status_code < 500, (name, word)
