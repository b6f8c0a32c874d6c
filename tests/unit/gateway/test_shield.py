"""Hosts and origins."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.shield import Addresses

LOCAL = Addresses.of("127.0.0.1", None, ())
PUBLIC = Addresses.of("0.0.0.0", "https://cue.example.com", ("https://crm.example.com:8443",))


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:8765", "127.0.0.1:8765", "127.8.8.8", "[::1]:8765", "LOCALHOST"]
)
def test_loopback_names_are_known(host: str) -> None:
    assert LOCAL.knows_host(host)


@pytest.mark.parametrize("host", [None, "", "evil.example", "localhost.evil.example", "10.0.0.1", "127.0.0.1.evil"])
def test_other_names_are_not_known(host: str | None) -> None:
    assert not LOCAL.knows_host(host)


@pytest.mark.parametrize("host", ["cue.example.com", "cue.example.com:443", "crm.example.com:8443"])
def test_named_hosts_are_known(host: str) -> None:
    assert PUBLIC.knows_host(host)


@pytest.mark.parametrize(
    ("origin", "is_trusted"),
    [
        (None, True),
        ("http://127.0.0.1:8765", True),
        ("https://127.0.0.1:8765", True),
        ("http://127.0.0.1:9999", False),
        ("http://evil.example", False),
        ("null", False),
        ("", False),
        ("file://127.0.0.1:8765", False),
    ],
)
def test_only_the_own_origin_may_act(origin: str | None, is_trusted: bool) -> None:
    assert LOCAL.trusts_origin(origin, "127.0.0.1:8765") is is_trusted


def test_named_origins_may_act_behind_a_proxy_that_changes_the_host() -> None:
    assert PUBLIC.trusts_origin("https://cue.example.com", "10.0.0.5:8765")
    assert PUBLIC.trusts_origin("https://crm.example.com:8443", "10.0.0.5:8765")
    assert not PUBLIC.trusts_origin("https://crm.example.com", "10.0.0.5:8765")


@given(st.text(max_size=30) | st.from_regex(r"[\[\]:/@a-z0-9.%]{0,20}"), st.text(max_size=20))
def test_no_header_breaks_the_judgement(header: str, host: str) -> None:
    for addresses in (LOCAL, PUBLIC):
        addresses.knows_host(header)
        addresses.trusts_origin(header, host)
        addresses.trusts_origin(f"http://{header}", header)


@pytest.mark.parametrize("broken", ["[", "[::1", "]", "a]b["])
def test_broken_host_is_not_known_and_a_broken_origin_not_trusted(broken: str) -> None:
    assert not LOCAL.knows_host(broken)
    assert not LOCAL.trusts_origin(f"http://{broken}", "127.0.0.1:8765")
