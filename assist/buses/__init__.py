"""How live envelopes travel; a bus is picked by its name or the scheme of its URL."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager

from assist.adapters import factory_for
from assist.ports import EventBus

BUSES = {
    "memory": "assist.buses.memory:open_memory_bus",
    "redis": "assist.buses.redis:open_redis_bus",
    "rediss": "assist.buses.redis:open_redis_bus",
}


def open_bus(url: str) -> AbstractAsyncContextManager[EventBus]:
    """A bus for as long as the context lasts: "memory", "redis://host:6379/0" …

    Raises ConfigurationError "unknown-bus".
    """
    return factory_for(url, BUSES, kind="bus", code="unknown-bus")(url)
