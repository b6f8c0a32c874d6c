"""Reviewers at two services on one database: steps on one call take turns, and nothing is lost or written over."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from assist.errors import InputError
from assist.playbook import parse_playbook
from assist.quality.draw import Plan
from assist.quality.review import Review
from assist.quality.scorecard_file import Scorecards
from assist.stores import Stores, open_stores
from assist.stores.reviews import ReviewQuery
from assist.supervisor import Supervisor
from gateway.reviews import ReviewPlan, Reviews
from tests.support.fakes import FakeAudioStore, FakeBus, ScriptedTranscriber
from tests.support.past_calls import NOW
from tests.support.reviews import CARD_TEXT, LEAD, OTHER_QA, QA, called


@asynccontextmanager
async def service_on(url: str, directory: Path) -> AsyncGenerator[tuple[Stores, Reviews]]:
    """The reviews of a service of its own."""
    async with open_stores(url) as stores:
        supervisor = Supervisor(
            transcriber=ScriptedTranscriber(()),
            analysers=(),
            playbook=lambda _name: parse_playbook("name: x\nversion: 1\ntitle: x\nrules: []\n"),
            store=stores.calls,
            audio_store=FakeAudioStore(),
            bus=FakeBus(),
            spool_dir=directory / "spool",
            turn_of=stores.log_turns.turn,
        )
        cards = Scorecards(directory)
        plan = ReviewPlan(risk_calls=1, random_calls=1)
        yield stores, Reviews(supervisor, stores.reviews, stores.draws, cards, plan=plan, now=lambda: NOW)


async def test_of_two_who_take_a_review_at_two_services_one_has_it(postgresql_url: str, tmp_path: Path) -> None:
    (tmp_path / "service.yaml").write_text(CARD_TEXT, encoding="utf-8")
    async with AsyncExitStack() as stack:
        stores, one = await stack.enter_async_context(service_on(postgresql_url, tmp_path))
        _, other = await stack.enter_async_context(service_on(postgresql_url, tmp_path))
        for number in range(6):
            call_id = f"c{number}"
            await stores.calls.append(called(call_id))
            call = await stores.calls.summary(call_id)
            assert call is not None
            review = await one.choose(call, LEAD, card=None, reviewer=None)
            results = await asyncio.gather(
                one.move(review, "take", QA, version=1),
                other.move(review, "take", OTHER_QA, version=1),
                return_exceptions=True,
            )
            taken = [result for result in results if isinstance(result, Review)]
            refused = [result.code for result in results if isinstance(result, InputError)]
            assert (len(taken), refused) == (1, ["review-taken"])
            assert await stores.calls.is_whole(call_id)
            standing = await stores.reviews.review(review.review_id)
            assert standing is not None
            assert (standing.version, standing.reviewer_id) == (2, taken[0].reviewer_id)


async def test_two_services_open_what_was_drawn_once(postgresql_url: str, tmp_path: Path) -> None:
    (tmp_path / "service.yaml").write_text(CARD_TEXT, encoding="utf-8")
    async with AsyncExitStack() as stack:
        stores, one = await stack.enter_async_context(service_on(postgresql_url, tmp_path))
        _, other = await stack.enter_async_context(service_on(postgresql_url, tmp_path))
        for number in range(4):
            await stores.calls.append(called(f"c{number}", hours_ago=1))
        plan = Plan(risk_calls=2, random_calls=2, seed="s")
        since = NOW.replace(hour=0)
        await stores.draws.draw("d-1", NOW.date(), since, NOW, plan, playbooks={"telecom"}, by="draw", at=NOW)
        await asyncio.gather(one.open_drawn(), other.open_drawn())
        reviews = await stores.reviews.reviews(ReviewQuery())
        assert sorted(review.call_id for review in reviews) == ["c0", "c1", "c2", "c3"]
        assert {review.version for review in reviews} == {1}
        assert await stores.draws.waiting() == []
