"""Stores and buses are picked by one string."""

from __future__ import annotations

from importlib import import_module

import pytest

from assist.buses import BUSES, open_bus
from assist.buses.memory import MemoryBus
from assist.errors import ConfigurationError
from assist.stores import STORES, open_stores


async def test_memory_names_the_bus_of_one_process() -> None:
    async with open_bus("memory") as bus:
        assert isinstance(bus, MemoryBus)


@pytest.mark.parametrize("url", ["kafka://broker", "", "memories"])
def test_an_unknown_bus_names_the_known_ones(url: str) -> None:
    with pytest.raises(ConfigurationError, match="memory, redis") as caught:
        open_bus(url)
    assert caught.value.code == "unknown-bus"


def test_an_unknown_store_names_the_known_ones() -> None:
    with pytest.raises(ConfigurationError, match="sqlite") as caught:
        open_stores("oracle://host/livecue")
    assert caught.value.code == "unknown-store"


@pytest.mark.parametrize("target", [*BUSES.values(), *STORES.values()])
def test_every_listed_factory_exists(target: str) -> None:
    module, _, name = target.partition(":")
    assert callable(getattr(import_module(module), name))


@pytest.mark.parametrize("url", ["redis://host:port", "redis://host:99999999999"])
async def test_a_malformed_redis_url_is_a_configuration_error(url: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        async with open_bus(url):
            pass
    assert caught.value.code == "bad-bus-url"


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "sqlite:nonsense"])
async def test_a_store_without_a_file_is_a_configuration_error(url: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        async with open_stores(url):
            pass
    assert caught.value.code == "bad-store-url"
