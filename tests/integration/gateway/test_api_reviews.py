"""Reviews over REST: who sees and does what, from the draw to the rule's case."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from assist.messages import REVIEW_EVENTS
from assist.stores.accounts import Role
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
        clients: dict[str, httpx.AsyncClient] = {}
        ids: dict[str, str] = {}
        for name, (role, agent_id) in PEOPLE.items():
            user, _ = await service.accounts.add_user(name, role, password=PASSWORD, agent_id=agent_id)
            ids[name] = user.user_id
            clients[name] = await stack.enter_async_context(http_client(service))
            answer = await clients[name].post("/api/v1/session", json={"name": name, "password": PASSWORD})
            assert answer.status_code == 200
        for call_id in call_ids or ("c1",):
            await play(service, call_id)
        clock.now += timedelta(minutes=1)
        yield World(service, clients, ids, clock)


async def test_a_call_is_chosen_taken_scored_and_accepted(tmp_path: Path) -> None:
    async with world_of(tmp_path) as world:
        chosen = await world.chosen()
        path = f"/reviews/{chosen['review_id']}"
        before = await world.get("qa", path)
        taken = await world.post("qa", f"{path}/take", version=1)
        assert (await world.get("qa", "/reviews/inbox"))["counts"] == {"score": 1}
        scored = await world.post("qa", f"{path}/score", version=2, items=SCORES, summary="解决了")
        inbox = await world.get("agent", "/reviews/inbox")
        told = await world.get("agent", path)
        accepted = await world.post("agent", f"{path}/accept", version=3)
        after = await world.get("qa", path)
    assert (chosen["state"], chosen["origin"], chosen["inclusion"]) == ("queued", "chosen", None)
    assert before["may"] == ["take"]
    items = {item["item_id"]: item for item in before["items"]}
    assert (items["solving"]["auto_because"], items["solving"]["guidance"]) == ("no-rule", "一次解决得满分")
    assert (items["waiting"]["auto"], items["waiting"]["flags"][0]["evidence"][0]["quote"]) == (0, "请稍等")
    assert (taken["state"], taken["reviewer_name"]) == ("in_review", "qa")
    assert (scored["state"], scored["score"]) == ("with_agent", 48.0)
    assert [(entry["what"], entry["review"]["score"]) for entry in inbox["entries"]] == [("answer", 48.0)]
    assert (told["may"], told["summary"], told["review"]["origin"]) == (["accept", "appeal"], "解决了", None)
    assert (accepted["state"], after["may"]) == ("closed", ["coach"])
    assert [step["step"] for step in after["history"]] == ["opened", "take", "score", "accept"]


async def test_an_appeal_is_decided_and_the_rule_learns(tmp_path: Path) -> None:
    async with world_of(tmp_path) as world:
        appealed = await world.appealed()
        path = f"/reviews/{appealed['review_id']}"
        before = await world.get("qa", "/rule-precision", playbook="small")
        waiting = await world.get("lead", "/reviews/inbox")
        decided = await world.post(
            "lead",
            f"{path}/decide",
            version=appealed["version"],
            outcome="granted",
            reason="两秒不算",
            items=[{"item_id": "waiting", "value": 1}],
            rule_errors=[{"flag_id": "says-wait", "expected": "silent", "reason": "只等了两秒"}],
        )
        again = await world.post("agent", f"{path}/appeal", version=decided["version"], text="还要说明")
        final = await world.post(
            "quality", f"{path}/decide", version=again["version"], outcome="rejected", reason="已经改正"
        )
        after = await world.get("qa", "/rule-precision", playbook="small")
        failing = await world.get("qa", "/rule-cases", replay=True)
        detail = await world.get("quality", path)
        playbook = world.service.settings.playbooks_dir / "small.yaml"
        playbook.write_text(PLAYBOOK.replace("请稍等", "等半天").replace('"3"', '"4"'), encoding="utf-8")
        await world.service.reload_playbooks()
        passing = await world.get("qa", "/rule-cases", replay=True, playbook="small", rule="says-wait")
    assert (appealed["state"], waiting["counts"]) == ("with_lead", {"decide-lead": 1})
    assert (decided["state"], decided["score"]) == ("answered", 88.0)
    assert (again["state"], final["state"], final["score"]) == ("with_quality", "closed", 88.0)
    assert [(rule["judged"], rule["right"], rule["precision"]) for rule in before["rules"]] == [(1, 1, 1.0)]
    assert [(rule["judged"], rule["right"], rule["cases"]) for rule in after["rules"]] == [(1, 0, 1)]
    assert [(case["now"], case["found"], case["expected"]) for case in failing["cases"]] == [
        ("failing", "breach", "silent")
    ]
    assert [(case["now"], case["found"]) for case in passing["cases"]] == [("passing", "silent")]
    first, second = detail["appeals"]
    assert first["points"][0]["flag_id"] == "says-wait"
    assert first["decision"]["changes"] == [{"item_id": "waiting", "before": 0, "after": 1}]
    assert (second["level"], second["decision"]["outcome"]) == ("quality", "rejected")


async def test_scores_that_are_not_told_are_nobodys_but_the_reviewers(tmp_path: Path) -> None:
    async with world_of(tmp_path) as world:
        chosen = await world.chosen(reviewer="qa")
        path = f"/api/v1/reviews/{chosen['review_id']}"
        unseen = {who: (await world.clients[who].get(path)).status_code for who in ("agent", "mate", "train", "lead")}
        lists = {who: (await world.get(who, "/reviews"))["reviews"] for who in ("agent", "train")}
        await world.post("qa", f"/reviews/{chosen['review_id']}/score", version=1, items=SCORES)
        seen = {who: (await world.clients[who].get(path)).status_code for who in ("agent", "mate", "train")}
        note = {"note_id": "note-0001", "at_ms": 0, "text": "好"}
        await world.post("lead", "/calls/c1/notes", **note)
        events = await world.get("agent", "/calls/c1/events", limit=5_000)
    assert unseen == {"agent": 404, "mate": 404, "train": 404, "lead": 200}
    assert lists == {"agent": [], "train": []}
    assert seen == {"agent": 200, "mate": 404, "train": 404}
    assert events["envelopes"][-1]["event"]["type"] == "note-left"
    assert not REVIEW_EVENTS & {envelope["event"]["type"] for envelope in events["envelopes"]}


async def test_two_who_take_a_review_at_the_same_time_do_not_both_have_it(tmp_path: Path) -> None:
    async with world_of(tmp_path) as world:
        chosen = await world.chosen()
        path = f"/api/v1/reviews/{chosen['review_id']}/take"
        answers = await asyncio.gather(
            *(world.clients[who].post(path, json={"version": 1}) for who in ("qa", "qa2", "lead", "quality"))
        )
    refusals = [answer.json()["error"]["code"] for answer in answers if answer.status_code == 409]
    assert (sorted(answer.status_code for answer in answers), set(refusals)) == ([200, 409, 409, 409], {"review-taken"})


async def test_what_has_changed_meanwhile_is_not_written_over(tmp_path: Path) -> None:
    async with world_of(tmp_path) as world:
        chosen = await world.chosen(reviewer="qa")
        path = f"/reviews/{chosen['review_id']}"
        await world.post("lead", f"{path}/assign", version=1, reviewer_id=world.ids["qa2"])
        assert await world.refused("qa2", f"{path}/score", version=1, items=SCORES) == (409, "review-changed")
        assert await world.refused("qa", f"{path}/score", version=2, items=SCORES) == (403, "not-permitted")


async def test_steps_that_are_not_for_one_are_refused(tmp_path: Path) -> None:
    async with world_of(tmp_path) as world:
        assert await world.refused("qa", "/reviews", call_id="c1") == (403, "not-permitted")
        assert await world.refused("lead", "/reviews", call_id="none") == (404, "unknown-call")
        assert await world.refused("lead", "/reviews", call_id="c1", scorecard="x") == (404, "unknown-scorecard")
        nobody = {"call_id": "c1", "reviewer_id": world.ids["agent"]}
        assert await world.refused("lead", "/reviews", **nobody) == (404, "unknown-reviewer")
        appealed = await world.appealed()
        path, version = f"/reviews/{appealed['review_id']}", appealed["version"]
        assert await world.refused("lead", "/reviews", call_id="c1") == (409, "call-has-review")
        decision = {"version": version, "outcome": "rejected", "reason": "维持"}
        assert await world.refused("qa", f"{path}/decide", **decision) == (403, "not-permitted")
        assert await world.refused("quality", f"{path}/decide", **decision) == (403, "not-permitted")
        assert await world.refused("agent", f"{path}/accept", version=version) == (409, "wrong-state")
        assert await world.refused("mate", f"{path}/appeal", version=1, text="x") == (404, "unknown-review")
        assert await world.refused("lead", f"{path}/withdraw", version=version) == (400, "reason-needed")
        assert await world.refused("lead", f"{path}/dance", version=version) == (422, "bad-input")
        granted = decision | {"outcome": "granted"}
        assert await world.refused("lead", f"{path}/decide", **granted) == (400, "bad-scores")
        wrong = decision | {"rule_errors": [{"flag_id": "none", "expected": "met"}]}
        assert await world.refused("lead", f"{path}/decide", **wrong) == (400, "unknown-evidence")


async def test_bad_scores_are_refused_with_what_is_wrong(tmp_path: Path) -> None:
    async with world_of(tmp_path) as world:
        chosen = await world.chosen(reviewer="qa")
        path = f"/reviews/{chosen['review_id']}/score"
        assert await world.refused("qa", path, version=1, items=SCORES[:1]) == (400, "bad-scores")
        overruled = [SCORES[0], {"item_id": "waiting", "value": 1}]
        assert await world.refused("qa", path, version=1, items=overruled) == (400, "reason-needed")
        nothing = [{"item_id": item, "value": None, "reason": "x"} for item in ("solving", "waiting")]
        assert await world.refused("qa", path, version=1, items=nothing) == (400, "nothing-scored")


async def test_a_coaching_note_is_acknowledged(tmp_path: Path) -> None:
    async with world_of(tmp_path) as world:
        review = await world.scored()
        path = f"/reviews/{review['review_id']}"
        noted = await world.post("qa", f"{path}/coaching", version=2, text="先说明要等多久", item_ids=["waiting"])
        detail = await world.get("agent", path)
        (note,) = detail["coaching"]
        counts = (await world.get("agent", "/reviews/inbox"))["counts"]
        acknowledged = [await world.post("agent", f"{path}/coaching/{note['note_id']}/acknowledge") for _ in range(2)]
        assert await world.refused("agent", f"{path}/coaching/none/acknowledge") == (404, "unknown-note")
        assert await world.refused("qa", f"{path}/coaching", version=2, text="x") == (409, "review-changed")
    assert (noted["unacknowledged"], counts) == (1, {"answer": 1, "acknowledge": 1})
    assert [answer["unacknowledged"] for answer in acknowledged] == [0, 0]
    assert acknowledged[0]["version"] == acknowledged[1]["version"]


async def test_who_does_not_answer_in_time_has_accepted(tmp_path: Path) -> None:
    async with world_of(tmp_path) as world:
        review = await world.scored()
        world.clock.now += timedelta(days=4)
        (entry,) = (await world.get("agent", "/reviews/inbox"))["entries"]
        late = await world.refused("agent", f"/reviews/{review['review_id']}/appeal", version=2, text="晚了")
        overdue = await world.get("qa", "/reviews", overdue=True)
        await world.service.reviews.lapse()
        detail = await world.get("agent", f"/reviews/{review['review_id']}")
    assert (entry["is_overdue"], late, len(overdue["reviews"])) == (True, (409, "too-late"), 1)
    assert (detail["review"]["state"], detail["history"][-1]["step"]) == ("closed", "lapse")


async def test_a_day_is_drawn_from_once_and_its_reviews_are_opened(tmp_path: Path) -> None:
    plan = {"risk_calls": 1, "random_calls": 1, "seed": "s"}
    async with world_of(tmp_path, "c1", "c2", "c3", "c4", reviews=plan) as world:
        made = await world.post("lead", "/reviews/draws", day="2026-03-09")
        again = await world.refused("lead", "/reviews/draws", day="2026-03-09")
        to_come = await world.refused("lead", "/reviews/draws", day="2027-03-09")
        rows = (await world.get("qa", "/reviews", state="queued", order="risk"))["reviews"]
        draws = (await world.get("qa", "/reviews/draws"))["draws"]
        await world.service.reviews.open_drawn()
        still = (await world.get("qa", "/reviews"))["reviews"]
    assert (made["calls"], made["risk_calls"], made["random_calls"]) == (4, 1, 1)
    assert (again, to_come) == ((409, "day-drawn"), (400, "day-to-come"))
    assert sorted((row["origin"], row["inclusion"], row["risk"]) for row in rows) == [
        ("random", pytest.approx(1 / 3), 20),
        ("risk", 1.0, 20),
    ]
    assert rows[0]["reasons"] == [{"code": "flag", "label": "says-wait", "title": "让客户等", "points": 20}]
    assert ([draw["day"] for draw in draws if draw["calls"]], len(still)) == (["2026-03-09"], 2)


async def test_yesterday_is_drawn_from_by_the_clock(tmp_path: Path) -> None:
    plan = {"risk_calls": 1, "random_calls": 1, "draw_hour": 3}
    async with world_of(tmp_path, "c1", "c2", reviews=plan) as world:
        world.clock.now = datetime(2026, 3, 9, 18, 0, tzinfo=UTC)  # two in the morning of the tenth
        await world.service.reviews.catch_up()
        early = (await world.get("qa", "/reviews"))["reviews"]
        world.clock.now += timedelta(hours=2)
        for _ in range(2):
            await world.service.reviews.catch_up()
        late = (await world.get("qa", "/reviews"))["reviews"]
        draws = (await world.get("qa", "/reviews/draws"))["draws"]
    assert (early, len(late)) == ([], 2)
    assert [(draw["day"], draw["by"]) for draw in draws if draw["calls"]] == [("2026-03-09", "draw")]


async def test_without_scorecards_no_day_is_drawn_from_until_there_are_some(tmp_path: Path) -> None:
    plan = {"risk_calls": 1, "random_calls": 1}
    async with world_of(tmp_path, reviews=plan) as world:
        card = world.service.settings.playbooks_dir / "scorecards" / "service.yaml"
        card.unlink()
        assert await world.refused("lead", "/reviews/draws", day="2026-03-09") == (404, "unknown-scorecard")
        world.clock.now += timedelta(days=1)
        await world.service.reviews.catch_up()
        card.write_text(CARD, encoding="utf-8")
        await world.service.reviews.catch_up()
        rows = (await world.get("qa", "/reviews"))["reviews"]
    assert [row["call_id"] for row in rows] == ["c1"]


async def test_calibrations_are_blind_until_everybody_has_scored(tmp_path: Path) -> None:
    async with world_of(tmp_path) as world:
        people = (await world.get("lead", "/reviews/people"))["people"]
        begun = await world.post(
            "lead", "/calibrations", call_id="c1", reviewer_ids=[world.ids["qa"], world.ids["qa2"]]
        )
        mine = {review["reviewer_id"]: review["review_id"] for review in begun["reviews"]}
        first, second = mine[world.ids["qa"]], mine[world.ids["qa2"]]
        await world.post("qa", f"/reviews/{first}/score", version=1, items=SCORES)
        blind = await world.get("qa2", f"/reviews/{first}")
        lead = await world.get("lead", f"/reviews/{first}")
        own = await world.get("qa", f"/reviews/{first}")
        path = f"/calibrations/{begun['calibration_id']}"
        open_yet = await world.clients["lead"].get(f"/api/v1{path}")
        agent = (await world.get("agent", "/calls/c1/reviews"))["reviews"]
        others = [{"item_id": "solving", "value": 5}, SCORES[1]]
        await world.post("qa2", f"/reviews/{second}/score", version=1, items=others)
        compared = await world.get("lead", path)
        table = await world.get("qa", "/calibrations/agreement", scorecard="service")
        listed = (await world.get("qa", "/calibrations"))["calibrations"]
    assert {person["name"] for person in people} == {"lead", "qa", "qa2", "quality"}
    for seen in (blind, lead):
        assert (seen["review"]["score"], seen["items"], seen["summary"]) == (None, [], "")
    assert (own["review"]["score"], own["review"]["state"], own["may"]) == (48.0, "sealed", [])
    assert (open_yet.status_code, open_yet.json()["error"]["code"]) == (409, "calibration-open")
    assert agent == []
    values = {item["item_id"]: [one["value"] for one in item["values"]] for item in compared["items"]}
    assert sorted(values["solving"]) == [4, 5]
    assert (table["calls"], table["mean_score_gap"], table["overall"]["ratings"]) == (1, 12.0, 2)
    assert [one["is_complete"] for one in listed] == [True]


async def test_scorecards_are_read_as_the_files_are(tmp_path: Path) -> None:
    async with world_of(tmp_path) as world:
        cards = world.service.settings.playbooks_dir / "scorecards"
        (cards / "broken.yaml").write_text("name: x\n", encoding="utf-8")
        listed = await world.get("agent", "/scorecards")
        one = await world.get("qa", "/scorecards/service")
        unknown = await world.clients["qa"].get("/api/v1/scorecards/none")
    assert [card["name"] for card in listed["scorecards"]] == ["service"]
    assert [(card["file"], card["line"]) for card in listed["broken"]] == [("broken.yaml", 1)]
    assert one["sections"][0]["items"][1]["rules"] == ["says-wait"]
    assert (unknown.status_code, unknown.json()["error"]["code"]) == (404, "unknown-scorecard")


async def test_private_words_in_what_people_write_are_masked(tmp_path: Path) -> None:
    async with world_of(tmp_path) as world:
        review = await world.scored()
        path = f"/reviews/{review['review_id']}"
        said = "客户电话13912345678，不应该扣分"
        await world.post("agent", f"{path}/appeal", version=2, text=said, points=[{"text": said}])
        detail = await world.clients["lead"].get(f"/api/v1{path}")
    assert "13912345678" not in detail.text
    assert detail.json()["appeals"][0]["text"].startswith("客户电话")


async def test_who_reviews_a_call_of_another_team_sees_it(tmp_path: Path) -> None:
    async with world_of(tmp_path) as world:
        await world.service.teams.put("days", agents=["1001"], people=["lead"], by="root")
        hidden = await world.clients["qa"].get("/api/v1/calls/c1")
        chosen = await world.chosen(reviewer="qa")
        seen = await world.get("qa", "/calls/c1")
        listed = await world.get("qa", "/calls")
        found = await world.get("qa", "/archive/count")
        rows = await world.get("qa", "/reviews", reviewer="me")
        other = await world.get("qa2", "/reviews")
    assert (hidden.status_code, seen["call"]["call_id"]) == (403, "c1")
    assert [call["call_id"] for call in listed["calls"]] == ["c1"]
    assert found["calls"] == 1
    assert [row["review_id"] for row in rows["reviews"]] == [chosen["review_id"]]
    assert other["reviews"] == []
