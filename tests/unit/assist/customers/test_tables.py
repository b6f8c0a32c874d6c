"""Tables of customers: heads, cells, and what of a file is refused."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import pytest

from assist.customers import open_customers
from assist.customers.columns import WELL_KNOWN, Columns, field_of
from assist.customers.csv_file import CsvDirectory
from assist.errors import ConfigurationError, InputError
from assist.messages import ProfileField

ROOT = Path(__file__).parents[4]


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("level", ProfileField(name="level", value="1")),
        ("arpu", ProfileField(name="arpu", value="1", group="dynamic")),
        ("calls_30d", ProfileField(name="calls_30d", value="1", group="service")),
        ("客户爱好", ProfileField(name="客户爱好", value="1")),
        ("动态.余量", ProfileField(name="余量", value="1", group="dynamic")),
        ("service.arpu", ProfileField(name="arpu", value="1", group="service")),
        ("other.thing", ProfileField(name="other.thing", value="1")),
    ],
)
def test_a_column_says_its_group_or_is_well_known(name: str, field: ProfileField) -> None:
    assert field_of(name, "1") == field


@pytest.mark.parametrize(
    "head", [["name"], ["customer_id", "客户号"], ["customer_id", "a", "service.a"], ["customer_id", "a b"],
             ["customer_id", *(f"f{n}" for n in range(65))]]
)  # fmt: skip
def test_a_head_that_cannot_be_understood_is_refused(head: list[str]) -> None:
    with pytest.raises(InputError):
        Columns.of(head)


def test_a_chinese_head_is_understood() -> None:
    columns = Columns.of(["客户号", "姓名", "", "套餐"])
    row = (" 1 ", "王", "注", " 畅享 ")
    assert (columns.customer_id(row), columns.name(row)) == ("1", "王")
    assert columns.fields(row) == (ProfileField(name="套餐", value="畅享"),)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "customer_id"),
        (b"customer_id,a\n1,2,3\n", "Line 2: 3 cells"),
        (b"customer_id,a\n1,2\n\n1,3\n", "Line 4: every customer"),
        (b"customer_id,a\n,2\n", "Line 2: every customer"),
        (b'customer_id,a\n1,"2\n', "Line"),
        (b"customer_id,a\n1," + b"x" * 201, "Line 2: a cell has more than 200"),
        (b"customer_id,a\n1,\xff\xff", "neither UTF-8"),
    ],
)
def test_a_file_with_a_mistake_is_refused_at_start(tmp_path: Path, content: bytes, complaint: str) -> None:
    path = tmp_path / "c.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=complaint):
        CsvDirectory(path)


async def test_a_mistake_made_later_leaves_the_last_good_state_in_use(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "c.csv"
    path.write_text("customer_id,name\n1,王\n", encoding="utf-8")
    directory = CsvDirectory(path)
    before = await directory.look_up("1")
    path.write_text("customer_id,name\n1,王\n1,李\n", encoding="utf-8")
    os.utime(path, ns=(5, 5))
    with caplog.at_level(logging.WARNING):
        assert [await directory.look_up("1"), await directory.look_up("1")] == [before, before]
    assert len(caplog.records) == 1
    path.write_text("customer_id,name\n1,赵\n", encoding="utf-8")
    os.utime(path, ns=(6_000_000_000, 6_000_000_000))
    after = await directory.look_up("1")
    assert (after.name, after.source) == ("赵", "c.csv@19700101T000006.000000Z")


async def test_a_file_that_is_gone_leaves_the_last_good_state_in_use(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text("customer_id,name\n1,王\n", encoding="utf-8")
    directory = CsvDirectory(path)
    path.unlink()
    assert (await directory.look_up("1")).name == "王"


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("oracle:crm", "unknown-customers"),
        ("csv:/no/such/file", "bad-customers"),
        ("sqlite:/no/such/file", "bad-customers"),
        ("sqlite:/no/such/file?tabel=x", "bad-customers"),
        ("https:///path", "bad-customers"),
        ("http://crm:many/x", "bad-customers"),
    ],
)
async def test_settings_that_cannot_work_are_refused_at_start(url: str, code: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        async with open_customers(url):
            pass
    assert raised.value.code == code


async def test_no_setting_is_no_directory() -> None:
    async with open_customers("") as directory:
        assert directory is None


def test_the_page_lists_every_name_with_a_known_meaning() -> None:
    page = (ROOT / "docs" / "customers.md").read_text(encoding="utf-8")
    for group, names in WELL_KNOWN.items():
        (row,) = [line for line in page.splitlines() if line.startswith(f"| {group} |")]
        assert [name for name in names if f"`{name}`" not in row] == []
