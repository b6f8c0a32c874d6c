"""What every CustomerDirectory must do; run against a file, a database and a CRM on loopback."""

from __future__ import annotations

import asyncio
import csv
import os
import sqlite3
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, closing
from pathlib import Path
from typing import Any

import pytest

from assist.customers import open_customers
from assist.customers.guard import GuardLimits
from assist.errors import ConfigurationError, CustomersError
from assist.messages import ProfileField
from assist.ports import CustomerDirectory
from tests.support.crm import Crm, crm_server

HEAD = ("customer_id", "name", "level", "plan", "arpu", "service.备注", "calls_30d")
WANG = ("13800010001", "王建国", "金卡", "畅享套餐 79 元", "112", "", "4")
LI = ("13800010002", "李梅", "", "亲情套餐", "61", "话费敏感", "0")

Rows = Sequence[Sequence[str]]


class Site:
    """A directory of one kind and the place where its owner writes."""

    def __init__(self, url: str, write: Callable[[Sequence[str], Rows], None]) -> None:
        self.url = url
        self.write = write

    def open(self, *, limits: GuardLimits | None = None) -> AbstractAsyncContextManager[CustomerDirectory | None]:
        return open_customers(self.url, limits=limits)


def csv_writer(path: Path, encoding: str) -> Callable[[Sequence[str], Rows], None]:
    written_ns = 1_000_000_000_000_000_000

    def write(head: Sequence[str], rows: Rows) -> None:
        nonlocal written_ns
        with path.open("w", encoding=encoding, newline="") as file:
            csv.writer(file).writerows([head, *rows])
        written_ns += 1_000_000
        os.utime(path, ns=(written_ns, written_ns))

    return write


def sqlite_writer(path: Path) -> Callable[[Sequence[str], Rows], None]:
    def write(head: Sequence[str], rows: Rows) -> None:
        with closing(sqlite3.connect(path)) as database, database:
            database.execute('DROP TABLE IF EXISTS "all ""customers"')
            database.execute(f'CREATE TABLE "all ""customers" ({", ".join(f"[{name}]" for name in head)})')
            marks = ", ".join("?" * len(head))
            database.executemany(f'INSERT INTO "all ""customers" VALUES ({marks})', rows)

    return write


def crm_writer(crm: Crm) -> Callable[[Sequence[str], Rows], None]:
    def write(head: Sequence[str], rows: Rows) -> None:
        crm.customers.clear()
        for row in rows:
            told = dict(zip(head, row, strict=True))
            fields: list[dict[str, Any]] = []
            for name, value in told.items():
                if name not in ("customer_id", "name"):
                    fields.append({"name": name.removeprefix("service."), "value": value})
                    if name.startswith("service."):
                        fields[-1]["group"] = "service"
            crm.customers[told["customer_id"]] = {
                "customer_id": told["customer_id"], "name": told["name"], "fields": fields,
            }  # fmt: skip

    return write


@pytest.fixture(params=["csv", "csv-of-excel", "sqlite", "http"])
async def site(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncGenerator[Site]:
    """With the two customers above."""
    match request.param:
        case "csv" | "csv-of-excel":
            path = tmp_path / "customers.csv"
            made = Site(f"csv:{path}", csv_writer(path, "gb18030" if request.param == "csv-of-excel" else "utf-8-sig"))
            made.write(HEAD, [WANG, LI])
            yield made
        case "sqlite":
            path = tmp_path / "crm.db"
            made = Site(f"sqlite:{path}?table=all+%22customers", sqlite_writer(path))
            made.write(HEAD, [WANG, LI])
            yield made
        case _:
            async with crm_server() as crm:
                made = Site(crm.url, crm_writer(crm))
                made.write(HEAD, [WANG, LI])
                yield made


async def test_a_customer_is_told_with_fields_by_group(site: Site) -> None:
    async with site.open() as directory:
        assert directory is not None
        record = await directory.look_up("13800010001")
    assert (record.is_known, record.name) == (True, "王建国")
    assert record.fields == (
        ProfileField(name="level", value="金卡", group="static"),
        ProfileField(name="plan", value="畅享套餐 79 元", group="dynamic"),
        ProfileField(name="arpu", value="112", group="dynamic"),
        ProfileField(name="calls_30d", value="4", group="service"),
    )
    assert all(record.source.partition("@"))


async def test_a_field_of_ones_own_says_its_group(site: Site) -> None:
    async with site.open() as directory:
        assert directory is not None
        record = await directory.look_up("13800010002")
    assert ProfileField(name="备注", value="话费敏感", group="service") in record.fields


async def test_a_stranger_is_unknown_which_is_no_failure(site: Site) -> None:
    async with site.open() as directory:
        assert directory is not None
        record = await directory.look_up("1' OR '1'='1")
    assert (record.is_known, record.name, record.fields) == (False, "", ())
    assert all(record.source.partition("@"))


async def test_many_may_ask_at_the_same_time(site: Site) -> None:
    async with site.open() as directory:
        assert directory is not None
        records = await asyncio.gather(*(directory.look_up(WANG[0] if n % 2 else LI[0]) for n in range(20)))
    assert [record.name for record in records] == ["李梅", "王建国"] * 10


async def test_what_its_owner_changes_is_told(site: Site) -> None:
    async with site.open() as directory:
        assert directory is not None
        assert (await directory.look_up("13800010001")).name == "王建国"
        site.write(HEAD, [LI, ("5", "新来的", "", "", "", "", "")])
        assert (await directory.look_up("5")).name == "新来的"


async def test_a_directory_that_is_not_there_is_said_at_once_or_when_asked(site: Site, tmp_path: Path) -> None:
    """Files are missed at start; a CRM may come up later than Livecue."""
    gone = {"csv": f"csv:{tmp_path}/no.csv", "sqlite": f"sqlite:{tmp_path}/no.db"}
    url = gone.get(site.url.partition(":")[0], "http://127.0.0.1:9/no")

    async def ask() -> None:
        async with open_customers(url) as directory:
            assert directory is not None
            await directory.look_up("1")

    with pytest.raises((ConfigurationError, CustomersError)) as raised:
        await ask()
    assert raised.value.code in ("bad-customers", "customers-unavailable")
