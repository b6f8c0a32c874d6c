"""What is erased is not in the files of a database any more, not even where nothing points to it."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path

from assist.messages import Envelope
from assist.stores import open_stores
from tests.support.envelopes import utterance
from tests.support.past_calls import call_log, promise, wrap_up

SECRET = "13912345678"
WORD = "zygote"


def found_in(directory: Path) -> dict[str, int]:
    """How often the files of the database hold something secret."""
    contents = {path.name: path.read_bytes() for path in directory.iterdir()}
    counts = {name: sum(map(content.count, (SECRET.encode(), WORD.encode()))) for name, content in contents.items()}
    return {name: count for name, count in counts.items() if count}


def spoken(call_id: str, seq: int, at: datetime) -> Envelope:
    said = utterance("u9").model_copy(update={"text": f"我的暗号是{WORD}{seq}"})
    return Envelope(call_id=call_id, seq=seq, at=at, event=said)


async def test_an_erased_customer_is_in_no_byte_of_a_database_file(tmp_path: Path, database_url: str) -> None:
    async with open_stores(database_url) as stores:
        for number in range(200):
            customer_id = SECRET if number % 3 == 0 else f"other-{number}"
            events = call_log(
                f"call-{number}", wrap_up(promises=(promise(),)), hours_ago=number, customer_id=customer_id
            )
            if customer_id == SECRET:
                events.append(spoken(f"call-{number}", events[-1].seq + 1, events[-1].at))
            await stores.calls.append(events)
        assert await asyncio.to_thread(found_in, tmp_path) != {}
        removed = await stores.records.erase("customer", SECRET, reason="request", by="root")
        assert removed.calls == 67
        assert await asyncio.to_thread(found_in, tmp_path) == {}
