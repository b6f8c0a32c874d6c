"""Every platform is let in and answered while recogniser and store are broken and fifty connections come at once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from assist.errors import StoreError
from assist.messages import Leg, Term
from assist.ports import Lane, Pace
from bench.handshakes import AUDIOHOOK_KEY, greetings
from bench.knocks import knock
from gateway.sources.catalogue import DOORS
from tests.support.service import listening, open_test_service


class BrokenTranscriber:
    """Recognises nothing and says so at once."""

    name = "broken@1"

    def open_lane(self, call_id: str, leg: Leg, *, pace: Pace, terms: Sequence[Term] = ()) -> Lane:
        raise RuntimeError("injected fault")


@pytest.mark.parametrize("name", sorted(DOORS))
async def test_fifty_at_once_are_answered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    async def away(key: str | None) -> bool:
        raise StoreError("The store is away.")

    sources = {"twilio": {"unsigned": True}, "audiohook": {"keys": {AUDIOHOOK_KEY: ""}}}
    async with open_test_service(tmp_path, transcriber=BrokenTranscriber(), sources=sources) as service:
        monkeypatch.setattr(service.accounts, "is_key", away)
        async with listening(service) as port:
            url = f"http://127.0.0.1:{port}"
            all_greetings = [greetings("lc_key", number)[name] for number in range(50)]
            waits = await asyncio.to_thread(knock, url, all_greetings)
        assert all(waited.upgrade_ms is not None for waited in waits)
        if all_greetings[0].is_answer is not None:
            assert all(waited.opened_ms is not None for waited in waits)
