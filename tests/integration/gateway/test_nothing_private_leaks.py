"""Private words, planted wherever words come in, are nowhere to be found once they are stored.

Every answer of every route that only reads, for every role; both ways to follow a call; what is handed to a CRM; logs,
metrics, every byte of every file beside the keys, and every row of a PostgreSQL. What is said in a live call is for
those who are in it.
"""

from __future__ import annotations

import asyncio
import io
import json
import logging
from collections import defaultdict
from collections.abc import AsyncGenerator, Generator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect

from assist.messages import Agent, Customer, Party, ProfileField
from assist.ports import CustomerRecord
from assist.search.tokens import tokens
from assist.stores.accounts import Role
from assist.supervisor import CallHandle, CallRequest
from gateway.app import create_app
from gateway.auth import SESSION_COOKIE
from gateway.logs import configure_logs
from gateway.service import Service
from gateway.settings import LogSettings
from gateway.wiring.pushing import open_afterwards
from tests.support.access_table import rows
from tests.support.fakes import STEREO, Said, ScriptedTranscriber, frame
from tests.support.receiver import receiver
from tests.support.service import PASSWORD, listening, open_test_service
from tests.support.stored_words import texts_of_files, texts_of_tables, words_of_index

NAME = "欧阳雪梅"
PHONE, SPOKEN_PHONE = "13927461853", "一三九二七四六一八五三"
ID, SPOKEN_ID = "110105199003077219", "一一零一零五一九九零零三零七七二一九"
CARD, SPOKEN_CARD = "6222021234567894", "六二二二零二一二三四五六七八九四"
ADDRESS = "幸福路十八号三单元五零二"
CODE = "七一九四"
PART = "二四零六"
"""Of a number that is only known to be one when its end is told."""

PIECES: Mapping[str, str] = {
    "name": "雪梅",
    "phone": "927461",
    "spoken phone": "九二七四六一",
    "id": "19900307",
    "spoken id": "一九九零零三零七",
    "card": "62220212",
    "spoken card": "六二二二零二一二",
    "address": "幸福路",
    "code": CODE,
    "part": PART,
}
"""What must not be read, of what is planted; parts that masks leave are not in them."""

LINES: Sequence[tuple[Party, str, str]] = (
    ("agent", "您好请讲", ""),
    ("customer", "我说慢一点，一五八", ""),
    ("customer", PART, ""),
    ("customer", "七七一三", ""),
    ("customer", f"我叫{NAME}，手机号码是{SPOKEN_PHONE}", f"我叫{NAME}，手机号码是"),
    ("agent", f"{NAME}女士，请说一下身份证号", ""),
    ("customer", f"身份证号是{SPOKEN_ID}，银行卡号{SPOKEN_CARD}", ""),
    ("customer", f"我住{ADDRESS}，收到的验证码是{CODE}", f"我住{ADDRESS}"),
    ("agent", f"好的，{SPOKEN_PHONE}，{ADDRESS}，验证码{CODE}，流量不够用吗", ""),
    ("customer", "对，流量不够用", ""),
    ("agent", "再见", ""),
)
"""Who says what, a second each, and what is certain of it while it is said."""
SCRIPT = tuple(
    Said(party, second * 1_000 + 100, second * 1_000 + 800, text, begins=begins)
    for second, (party, text, begins) in enumerate(LINES)
)
WRITTEN = f"{NAME}，{PHONE}，身份证{ID}，银行卡{CARD}，住{ADDRESS}，验证码{CODE}"

PLAYBOOK = """\
name: small
version: "3"
title: 小剧本
rules:
  - id: hears-money
    title: 客户说流量
    party: customer
    phrase: {any: [流量不够用, 手机号码]}
    because: 客户说“{quote}”
    emit:
      prompt: {kind: offer, title: 流量包, body: 要不要加一个流量包}
      flag: {verdict: breach}
      notify: floor
"""

SCORECARD = """\
name: service
version: 1
title: 服务评分表
playbook: small
sections:
  - id: service
    title: 服务
    items:
      - {id: solving, title: 解决问题, weight: 60, scale: 5, guidance: 一次解决得满分}
"""

ROLES: Mapping[str, tuple[Role, str | None]] = {
    "agent": ("agent", "1001"),
    "lead": ("supervisor", None),
    "qa": ("qa", None),
    "qlead": ("qa-lead", None),
    "train": ("trainer", None),
    "admin": ("admin", None),
}
ASKED: Sequence[str] = (
    "/api/v1/archive?q=流量",
    "/api/v1/archive?q=" + NAME,
    "/api/v1/archive?q=号码&order=relevance",
    "/api/v1/archive/export?format=json",
    "/api/v1/calls/c1/transcript?format=srt",
    "/api/v1/calls/c1/transcript?format=text",
    "/api/v1/calls/c1/events?limit=5000",
    "/api/v1/reviews?call=c1",
    "/api/v1/archive?by=meaning&q=流量",
)
"""Beside every GET of the access table."""
POSTED: Sequence[tuple[str, Mapping[str, Any]]] = (
    ("/api/v1/playbooks/small/try", {"text": PLAYBOOK, "call_id": "c1"}),
    ("/api/v1/playbooks/small/replay", {"text": PLAYBOOK}),
)


class Customers:
    """A directory that knows everything of everybody."""

    async def look_up(self, customer_id: str) -> CustomerRecord:
        told = {"phone": PHONE, "address": ADDRESS, "id_number": ID, "remark": f"回电{PHONE}，{NAME}"}
        fields = tuple(ProfileField(name=key, value=value) for key, value in told.items())
        return CustomerRecord("fake@1", is_known=True, name=NAME, fields=fields)


@dataclass(frozen=True)
class Door:
    """Where the service is asked, and who asks."""

    port: int
    headers: Mapping[str, Mapping[str, str]]

    def client(self, person: str) -> httpx.AsyncClient:
        origin = f"http://127.0.0.1:{self.port}"
        return httpx.AsyncClient(base_url=origin, headers=self.headers[person], timeout=60)


@asynccontextmanager
async def private_service(directory: Path, **settings: Any) -> AsyncGenerator[tuple[Service, Door]]:
    cards = directory / "playbooks" / "scorecards"
    cards.mkdir(parents=True)
    (cards / "service.yaml").write_text(SCORECARD, encoding="utf-8")
    opened = open_test_service(
        directory,
        transcriber=ScriptedTranscriber(SCRIPT),
        customers=Customers(),
        playbook_text=PLAYBOOK,
        masks_calls=True,
        **settings,
    )
    async with opened as service, listening(service, app=create_app(service)) as port:
        headers: dict[str, dict[str, str]] = {"key": {"x-api-key": await service.accounts.add_key("pbx")}}
        for name, (role, agent_id) in ROLES.items():
            await service.accounts.add_user(name, role, password=PASSWORD, agent_id=agent_id)
            token = (await service.accounts.log_in(name, PASSWORD, address="")).token
            headers[name] = {"cookie": f"{SESSION_COOKIE}={token}"}
        yield service, Door(port, headers)


async def until_stored(service: Service, call_id: str) -> None:
    """What was said so far is in the database before more of it comes."""
    await asyncio.sleep(0)
    journal = service.supervisor.journal(call_id)
    assert journal is not None
    await journal.stored(journal.view.seq)


@asynccontextmanager
async def live_call(service: Service, call_id: str = "c1") -> AsyncGenerator[CallHandle]:
    """A call in which all of the script was said, that goes on in the block, then is on record; none follows."""
    customer = Customer(customer_id="k7", name=NAME, attributes={"phone": PHONE, "address": ADDRESS})
    request = CallRequest(
        source="test", legs=STEREO, call_id=call_id, agent=Agent(agent_id="1001"), customer=customer, pace="live"
    )
    handle = service.supervisor.open(request)
    for start_ms in range(0, len(LINES) * 1_000 + 1_000, 100):
        await handle.feed([frame(leg.party, start_ms, 100) for leg in STEREO])
        if start_ms % 1_000 == 0:
            await until_stored(service, call_id)
    try:
        yield handle
    finally:
        handle.close()
        await handle.closed()
        await service.stop_calls()


async def write_everywhere(door: Door) -> None:
    """Plant words in everything that people write."""
    async with door.client("lead") as client, door.client("admin") as admin:
        wrap_up = {
            "text": WRITTEN,
            "language": "zh",
            "disposition": {"reason": "billing", "result": "promised"},
            "promises": [{"kind": "call-back", "quote": f"明天回电{PHONE}给{NAME}"}],
        }
        answers = [
            await client.post("/api/v1/calls/c1/wrap-up", json=wrap_up),
            await client.post(
                "/api/v1/calls/c1/corrections", json={"utterance_id": "customer-7", "text": f"流量不够用，{WRITTEN}"}
            ),
            await client.post(
                "/api/v1/calls/c1/notes", json={"note_id": "note-0001", "at_ms": 100, "text": f"请回访{WRITTEN}"}
            ),
            await client.post("/api/v1/calls/c1/reveal", json={"seqs": [1], "reason": f"核对{WRITTEN}"}),
            await client.post("/api/v1/archive/searches", json={"name": "电话", "question": {"q": f"电话 {PHONE}"}}),
            await client.post("/api/v1/archive/searches", json={"name": f"{NAME}女士", "question": {"q": "电话"}}),
            await client.get(f"/api/v1/archive?q={SPOKEN_PHONE}"),
            await admin.post("/api/v1/legal-holds", json={"kind": "call", "subject": "c9", "reason": f"电话{PHONE}"}),
            await client.get(f"/api/v1/calls/{PHONE}"),
            await client.get("/api/v1/archive", params={"q": f"{NAME}:{PHONE}"}),
        ]
    assert [answer.status_code for answer in answers] == [201, 201, 201, 200, 400, 400, 200, 201, 404, 400]


async def judge_and_appeal(door: Door) -> str:
    """The id of a review with planted words in all that people write in it."""
    async with AsyncExitStack() as stack:
        people = {name: await stack.enter_async_context(door.client(name)) for name in ("lead", "qa", "agent")}

        async def step(who: str, path: str, **body: Any) -> Any:
            answer = await people[who].post(f"/api/v1/reviews{path}", json=body)
            assert answer.status_code in (200, 201), answer.text
            return answer.json()

        review = await step("lead", "", call_id="c1")
        path = f"/{review['review_id']}"
        review = await step("qa", f"{path}/take", version=review["version"])
        scores = [{"item_id": "solving", "value": 3, "reason": f"客户{WRITTEN}"}]
        review = await step("qa", f"{path}/score", version=review["version"], items=scores, summary=f"核对了{WRITTEN}")
        review = await step("qa", f"{path}/coaching", version=review["version"], text=f"不要复述{WRITTEN}")
        points = [{"item_id": "solving", "text": f"客户说{SPOKEN_PHONE}"}]
        review = await step(
            "agent", f"{path}/appeal", version=review["version"], text=f"我核对过{WRITTEN}", points=points
        )
        reason = f"录音里是{SPOKEN_ID}"
        await step("lead", f"{path}/decide", version=review["version"], outcome="rejected", reason=reason, items=[])
    return review["review_id"]


def found_in(text: str) -> list[str]:
    """What of the planted is in a text, JSON with escapes too."""
    forms = {kind: (piece, json.dumps(piece)[1:-1]) for kind, piece in PIECES.items()}
    return [kind for kind, pieces in forms.items() if any(piece in text for piece in pieces)]


# --- stored --------------------------------------------------------------------------------------------------------


def paths(review_id: str) -> Iterator[str]:
    """Every route that only reads, with the call where it wants one."""
    names = defaultdict(lambda: "none", {"call_id": "c1", "name": "small", "which": "file", "review_id": review_id})
    for row in rows():
        if row.method == "GET" and row.path != "/{path:path}":
            yield row.path.format_map(names)


async def test_no_answer_to_anybody_holds_them(tmp_path: Path, store_url: str) -> None:
    async with private_service(tmp_path, store=store_url) as (service, door):
        async with live_call(service):
            pass
        await write_everywhere(door)
        asked = [*paths(await judge_and_appeal(door)), *ASKED]
        leaks: list[str] = []
        answered: list[str] = []
        # What a role may see is no matter of the database: of a second one two people are enough.
        for person in door.headers if store_url.startswith("sqlite") else ("agent", "admin"):
            async with door.client(person) as client:
                for path in asked:
                    answer = await client.get(path)
                    answered.append(answer.text)
                    leaks += [f"{person}: {path}: {kind}" for kind in found_in(answer.text)]
                for path, body in POSTED:
                    answer = await client.post(path, json=body)
                    leaks += [f"{person}: {path}: {kind}" for kind in found_in(answer.text)]
            leaks += [f"{person}: desk: {kind}" for kind in found_in(await followed(door, person))]
    assert not leaks, "\n".join(leaks)
    written = ("请回访", "核对了", "不要复述", "我核对过", "流量不够用")
    assert [words for words in written if not any(words in text for text in answered)] == []


async def followed(door: Door, person: str) -> str:
    """All that a desk gets of the call: whole, and event for event."""
    texts: list[str] = []
    url = f"ws://127.0.0.1:{door.port}/desk/v1"
    if person == "key":
        return ""
    async with connect(url, additional_headers=door.headers[person], proxy=None) as connection:
        for after, kind in ((None, "snapshot"), (0, "events")):
            await connection.send(json.dumps({"type": "subscribe", "call_id": "c1", "after": after}))
            while not texts or json.loads(texts[-1])["type"] != kind:
                texts.append(str(await connection.recv()))
    return "".join(texts)


@pytest.fixture
def logged() -> Generator[io.StringIO]:
    """All that a service logs that logs everything."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    configure_logs(LogSettings(level="debug", format="json"), stream)
    yield stream
    root.handlers[:], root.level = handlers, level


async def test_no_file_and_no_table_beside_the_keys_holds_them(
    tmp_path: Path, store_url: str, logged: io.StringIO
) -> None:
    async with private_service(tmp_path, store=store_url) as (service, door):
        async with live_call(service):
            pass
        await write_everywhere(door)
        await judge_and_appeal(door)
        async with door.client("admin") as client:
            metrics = (await client.get("/metrics")).text
        assert await service.store.envelopes("c1", types=["partial-transcript"])
        leaks = await asyncio.to_thread(leaks_of, tmp_path)
        index = await words_of_index(store_url)
        if store_url.startswith("postgresql"):
            async for name, rows_of_table in texts_of_tables(store_url):
                leaks += [f"{name}: {kind}" for kind in found_in(rows_of_table)]
    leaks += leaks_of(tmp_path)
    assert not leaks
    assert found_in(metrics) == []
    assert found_in(logged.getvalue()) == []
    assert "流量" in index
    planted = {token for piece in (NAME[2:], "幸福路", SPOKEN_PHONE[3:7], CODE, PART) for token in tokens(piece)}
    assert not index & planted


def leaks_of(directory: Path) -> list[str]:
    return [f"{name}: {kind}" for name, content in texts_of_files(directory) for kind in found_in(content)]


async def test_what_is_handed_to_a_crm_does_not_hold_them(tmp_path: Path) -> None:
    async with receiver() as crm:
        webhook = {"url": crm.url, "secret": "a secret of the receiver", "unconfirmed_after_min": 0}
        async with private_service(tmp_path, webhook=webhook) as (service, door), AsyncExitStack() as stack:
            async with live_call(service):
                pass
            await write_everywhere(door)
            afterwards = await open_afterwards(stack, service.settings, None, service.store, service.supervisor)
            async with asyncio.TaskGroup() as group:
                working = group.create_task(afterwards.run())
                afterwards.closed("c1")
                await crm.count(1)
                working.cancel()
    body = crm.got[0][1].decode()
    assert "流量" in body or "回电" in body
    assert found_in(body) == []


# --- live ----------------------------------------------------------------------------------------------------------


async def test_of_a_live_call_they_are_for_those_who_may_look_behind_masks(tmp_path: Path) -> None:
    asked = ("/api/v1/calls", "/api/v1/calls/c1", "/api/v1/calls/c1/transcript", "/api/v1/calls/c1/events")
    told: dict[str, set[str]] = {}
    async with private_service(tmp_path) as (service, door), live_call(service):
        await service.store.check()
        for person in door.headers:
            async with door.client(person) as client:
                answers = [await client.get(path) for path in asked]
            told[person] = {kind for answer in answers for kind in found_in(answer.text)}
    assert {person for person, kinds in told.items() if kinds} == {"agent", "lead", "qa", "qlead", "admin"}
