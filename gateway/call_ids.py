"""Ids that clients give their calls: each belongs to one call for good."""

from __future__ import annotations

import asyncio
import logging

from assist.errors import InputError, StoreError
from assist.ports import CallStore

LOOK_UP_S = 1.0
"""A call is worth more than the look-up of its id."""

log = logging.getLogger(__name__)


async def require_unused(call_id: str, store: CallStore) -> None:
    """Raises InputError "call-exists" where a call of this id is stored.

    While the store is away nobody knows; then the call is let in. Two calls of one id are not mixed even so: the store
    refuses what contradicts its log.
    """
    try:
        async with asyncio.timeout(LOOK_UP_S):
            summary = await store.summary(call_id)
    except (StoreError, TimeoutError):
        log.warning("whether a call's id is new could not be looked up", extra={"call_id": call_id})
        return
    if summary is not None:
        raise InputError("A call with this id is stored; give each call an id of its own.", code="call-exists")
