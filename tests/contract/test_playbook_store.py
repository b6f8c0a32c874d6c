"""What a PlaybookStore must do."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest

from assist.errors import InputError
from assist.stores.accounts import AccountStore, User
from assist.stores.database import Database
from assist.stores.playbooks import Arrival, Origin, PlaybookStore
from tests.support.envelopes import START


@pytest.fixture
async def database(store_url: str) -> AsyncGenerator[Database]:
    opened = await Database.open(store_url)
    yield opened
    await opened.close()


@pytest.fixture
def playbooks(database: Database) -> PlaybookStore:
    return PlaybookStore(database, now=lambda: START)


@pytest.fixture
async def wang(database: Database) -> User:
    return await AccountStore(database).add_user("wang", "h", role="qa", display_name="王芳")


def arrival(version: str, text: str, *, author: User | None = None, name: str = "telecom") -> Arrival:
    origin: Origin = "published" if author else "file"
    return Arrival(name, version, f"digest of {text}", origin, f"{name}.yaml", text, author=author, note="注")


async def add(store: PlaybookStore, *arrivals: Arrival) -> None:
    for one in arrivals:
        async with store.adding(one):
            pass


async def test_versions_are_numbered_by_name_and_keep_who_and_when(playbooks: PlaybookStore, wang: User) -> None:
    await add(playbooks, arrival("1", "one"), arrival("2", "two", author=wang), arrival("1", "other", name="bank"))
    newest, first = await playbooks.versions("telecom")
    assert (first.number, first.origin, first.author) == (1, "file", "")
    assert (newest.number, newest.origin, newest.author, newest.at, newest.note) == (
        2,
        "published",
        "王芳",
        START,
        "注",
    )
    assert [version.number for version in await playbooks.versions("telecom", limit=1)] == [2]
    assert await playbooks.versions("retail") == []


async def test_texts_are_found_by_number_and_by_file(playbooks: PlaybookStore) -> None:
    await add(playbooks, arrival("1", "one"), arrival("2", "two"), arrival("1", "other", name="bank"))
    assert await playbooks.text("telecom", 1) == "one"
    assert await playbooks.text("telecom", 3) is None
    assert await playbooks.last_of_file("telecom.yaml") == "two"
    assert await playbooks.last_of_file("retail.yaml") is None
    assert {name: text for name, (_, text) in (await playbooks.newest()).items()} == {"telecom": "two", "bank": "other"}


async def test_a_version_is_not_kept_when_the_block_fails(playbooks: PlaybookStore) -> None:
    with pytest.raises(OSError, match="disk full"):
        async with playbooks.adding(arrival("1", "one")):
            raise OSError("disk full")
    assert await playbooks.versions("telecom") == []


async def test_a_version_name_is_taken_by_other_content_only(playbooks: PlaybookStore) -> None:
    await add(playbooks, arrival("1", "one"), arrival("2", "two"))
    assert await playbooks.number_taken("telecom", "1", "digest of one") is None
    assert await playbooks.number_taken("telecom", "1", "digest of two") == 1
    assert await playbooks.number_taken("telecom", "3", "digest of two") is None
    assert await playbooks.number_taken("bank", "1", "digest of two") is None


async def test_a_draft_is_saved_again_by_who_has_seen_it(playbooks: PlaybookStore, wang: User) -> None:
    first = await playbooks.save_draft("telecom", "a", base=1, after=0, author=wang)
    second = await playbooks.save_draft("telecom", "b", base=1, after=first.saves, author=wang)
    assert (second.saves, second.author, second.at) == (2, "王芳", START)
    assert await playbooks.draft("telecom") == second
    assert await playbooks.drafts() == [second]
    assert await playbooks.draft("bank") is None


@pytest.mark.parametrize("after", [0, 1, 7])
async def test_a_draft_that_somebody_else_saved_is_not_overwritten(
    playbooks: PlaybookStore, wang: User, after: int
) -> None:
    await playbooks.save_draft("telecom", "a", base=1, after=0, author=wang)
    kept = await playbooks.save_draft("telecom", "b", base=1, after=1, author=wang)
    with pytest.raises(InputError) as caught:
        await playbooks.save_draft("telecom", "c", base=1, after=after, author=wang)
    assert caught.value.code == "draft-changed"
    assert await playbooks.draft("telecom") == kept


async def test_a_draft_is_removed_by_who_has_seen_it(playbooks: PlaybookStore, wang: User) -> None:
    draft = await playbooks.save_draft("telecom", "a", base=1, after=0, author=wang)
    with pytest.raises(InputError) as caught:
        await playbooks.remove_draft("telecom", after=draft.saves + 1)
    assert caught.value.code == "draft-changed"
    await playbooks.remove_draft("telecom", after=draft.saves)
    await playbooks.remove_draft("telecom")
    assert await playbooks.drafts() == []
