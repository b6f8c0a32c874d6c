"""Rule cases tried: the stored calls in which people found rules wrong, replayed under a playbook."""

from __future__ import annotations

import asyncio

from assist.backtest import Ruleset
from assist.ports import CallStore
from assist.quality.case_trial import CaseTrial, try_case
from assist.quality.rulings import RuleCase
from gateway.record import Unread, read_stored


async def tried(case: RuleCase, store: CallStore, rules: Ruleset) -> CaseTrial:
    """A case, replayed in a thread. Raises StoreError when the store cannot serve at all."""
    call = await read_stored(store, case.call_id)
    if isinstance(call, Unread):
        return CaseTrial(case, "not-tried", "")
    return await asyncio.to_thread(try_case, case, call, rules)
