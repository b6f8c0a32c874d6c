"""Reviews that come by themselves, over REST: what a day's draw chooses, and calibrations."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.integration.gateway.review_world import CARD, SCORES, world_of


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
