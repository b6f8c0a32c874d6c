"""A CRM that is slow, broken or talks nonsense is told by its code and soon left alone."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest

from assist.customers import open_customers
from assist.customers.guard import GuardLimits
from assist.errors import CustomersError
from assist.ports import CustomerDirectory
from tests.support.crm import Crm, api_description, crm_server, problems


@pytest.fixture
async def crm() -> AsyncGenerator[Crm]:
    async with crm_server() as made:
        made.customers["1"] = {"customer_id": "1", "name": "王", "fields": [{"name": "arpu", "value": 112}]}
        yield made


async def code_of(directory: CustomerDirectory | None) -> str:
    assert directory is not None
    with pytest.raises(CustomersError) as raised:
        await directory.look_up("1")
    return raised.value.code


async def test_its_answer_is_kept_for_a_while(crm: Crm) -> None:
    async with open_customers(crm.url, token="secret") as directory:
        assert directory is not None
        first, second = await directory.look_up("1"), await directory.look_up("1")
    assert first is second
    assert first.source == "127.0.0.1@7"
    assert [field.value for field in first.fields] == ["112"]
    assert crm.asked == ["1"]
    assert crm.authorization == "Bearer secret"


async def test_one_that_takes_too_long_is_slow(crm: Crm) -> None:
    crm.gate.clear()
    async with open_customers(crm.url, limits=GuardLimits(timeout_s=0.05)) as directory:
        assert await code_of(directory) == "customers-slow"


@pytest.mark.parametrize("status", [301, 404, 500])
async def test_any_other_status_means_that_it_cannot_answer(crm: Crm, status: int) -> None:
    crm.status = status
    async with open_customers(crm.url) as directory:
        assert await code_of(directory) == "customers-unavailable"


@pytest.mark.parametrize(
    "body",
    [
        b"<html>",
        b"{}",
        b'{"customer": {"customer_id": "2"}}',
        b'{"customer": {"customer_id": "1", "fields": [{"name": "a b", "value": 1}]}}',
        b'{"customer": {"customer_id": "1", "fields": [{"name": "a", "value": 1}, {"name": "a", "value": 2}]}}',
        b'{"customer": null, "more": "' + b"x" * 300_000 + b'"}',
    ],
)
async def test_nonsense_is_refused_as_a_whole(crm: Crm, body: bytes) -> None:
    crm.body = body
    async with open_customers(crm.url) as directory:
        assert await code_of(directory) == "customers-bad-answer"


async def test_one_that_keeps_failing_is_left_alone(crm: Crm) -> None:
    crm.status = 500
    async with open_customers(crm.url, limits=GuardLimits(failures=3)) as directory:
        codes = [await code_of(directory) for _ in range(5)]
    assert codes == ["customers-unavailable"] * 3 + ["customers-paused"] * 2
    assert len(crm.asked) == 3


def test_the_examples_of_the_description_are_as_it_says() -> None:
    post = api_description()["paths"]["/livecue/customers"]["post"]
    question = post["requestBody"]["content"]["application/json"]["example"]
    answer = post["responses"]["200"]["content"]["application/json"]["example"]
    assert problems("Question", question) == problems("Answer", answer) == []
    assert problems("Answer", {"customer": {"customer_id": "1", "fields": [{"name": "a b", "value": 1}]}})
