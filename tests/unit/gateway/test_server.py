"""The socket that the service listens on."""

from __future__ import annotations

import asyncio
import socket
import sys
from contextlib import ExitStack

import pytest

from assist.errors import ConfigurationError
from gateway.cli.console import run
from gateway.listening import ACCEPTED_A_PASS, DEAD_PEER_S, as_many, base_url, bind, waiting


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere accepted sockets inherit less")
def test_accepted_connection_of_a_peer_that_vanished_is_given_up_by_the_kernel() -> None:
    with bind("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname()):
        accepted, _ = listener.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == DEAD_PEER_S * 1000
            assert accepted.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == DEAD_PEER_S


def test_taken_port_and_unknown_host_are_named() -> None:
    with bind("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(ConfigurationError, match=str(port)) as taken:
            bind("127.0.0.1", port)
    assert taken.value.code == "port-taken"
    for name in ("no such host", "x" * 70, "[", "a..b"):
        with pytest.raises(ConfigurationError) as unknown:
            bind(name, 0)
        assert unknown.value.code == "bad-host"


def test_address_is_one_that_a_browser_on_this_machine_can_open() -> None:
    with bind("127.0.0.1", 0) as listener:
        assert base_url(listener) == f"http://127.0.0.1:{listener.getsockname()[1]}"
    with bind("0.0.0.0", 0) as listener:
        assert base_url(listener).startswith("http://127.0.0.1:")


def test_what_waits_at_a_door_is_taken_at_once_and_no_more_than_is_wanted() -> None:
    with ExitStack() as stack:
        listener = stack.enter_context(bind("127.0.0.1", 0))
        listener.setblocking(False)
        for _ in range(5):
            stack.enter_context(socket.create_connection(listener.getsockname()))
        for most, taken in ((3, 3), (3, 2), (3, 0)):
            found = [stack.enter_context(one) for one in waiting(listener, most)]
            assert [one.getblocking() for one in found] == [False] * taken


def test_a_crowd_is_taken_in_a_few_passes_of_the_loop() -> None:
    crowd = 2 * ACCEPTED_A_PASS

    async def passes_until_all_are_in() -> int:
        loop, taken = asyncio.get_running_loop(), list[asyncio.BaseTransport]()

        class Door(asyncio.Protocol):
            def connection_made(self, transport: asyncio.BaseTransport) -> None:
                taken.append(transport)

        with ExitStack() as stack:
            listeners = [stack.enter_context(one) for one in as_many(bind("127.0.0.1", 0))]
            servers = [await loop.create_server(Door, sock=listener) for listener in listeners]
            for _ in range(crowd):
                stack.enter_context(socket.create_connection(listeners[0].getsockname()))
            passes = 0
            while len(taken) < crowd:
                await asyncio.sleep(0)
                passes += 1
            for one in (*taken, *servers):
                one.close()
        return passes

    assert run(passes_until_all_are_in) <= 6  # of which the loop needs some before it looks at its sockets
