"""A proof with an id lets one connection in, as long as it is good."""

from __future__ import annotations

from gateway.phone.proofs import SpentProofs
from gateway.sources.door import Proof


class Clock:
    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def test_a_proof_is_spent_once_at_each_door_and_one_without_id_never() -> None:
    proofs = SpentProofs(clock=Clock())
    assert proofs.spend("vonage", Proof("a", 300.0))
    assert not proofs.spend("vonage", Proof("a", 300.0))
    assert proofs.spend("other", Proof("a", 300.0))
    assert proofs.spend("vonage", Proof())
    assert proofs.spend("vonage", Proof())


def test_it_is_remembered_as_long_as_it_would_be_good() -> None:
    clock = Clock()
    proofs = SpentProofs(clock=clock)
    assert proofs.spend("vonage", Proof("a", 300.0))
    clock.now_s = 300.0
    assert not proofs.spend("vonage", Proof("a", 300.0))
    clock.now_s = 300.1
    assert proofs.spend("vonage", Proof("a", 600.0))


def test_the_oldest_are_forgotten_beyond_the_limit() -> None:
    proofs = SpentProofs(clock=Clock(), limit=2)
    assert all(proofs.spend("vonage", Proof(name, 300.0)) for name in "abc")
    assert not proofs.spend("vonage", Proof("c", 300.0))
    assert proofs.spend("vonage", Proof("a", 300.0))
