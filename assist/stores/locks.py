"""Turns that processes take at the same thing; a database file has one writer at a time anyway."""

from __future__ import annotations

from collections.abc import Collection
from hashlib import blake2b

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

CALL, PLAYBOOK, HOLDS, MEANINGS = "call", "playbook", "holds", "meanings"
"""Kinds of what is locked."""
CLOSED_LOG, REVIEW_DRAWS = "closed-log", "review-draws"
"""More of them: adding to what is closed, and drawing calls to review."""

_TAKE = text("SELECT pg_advisory_xact_lock(key) FROM unnest(CAST(:keys AS bigint[])) AS key")


async def take_turns(connection: AsyncConnection, kind: str, names: Collection[str]) -> None:
    """Make other writers of what is called so wait until this transaction ends.

    Call it once for each kind and transaction: the order in which names are taken is what keeps two from blocking each
    other for ever.
    """
    if connection.dialect.name == "postgresql" and names:
        await connection.execute(_TAKE, {"keys": sorted({_key(kind, name) for name in names})})


def _key(kind: str, name: str) -> int:
    return int.from_bytes(blake2b(f"{kind}:{name}".encode(), digest_size=8).digest(), signed=True)
