"""A phone platform's door: where it comes in, what it has to prove, and the codec that speaks with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gateway.source_settings import SourceSettings, SourcesSettings
from gateway.sources.codec import Handshake, SourceCodec

Clock = Callable[[], float]
"""Unix time in seconds."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a connection is not let in; the peer gets the status alone."""

    code: str
    """Stable, kebab-case; counted and logged."""
    message: str
    """What the operator should look at; holds nothing the peer sent."""
    status: int = 403
    """HTTP status in place of the upgrade."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What a connection proved in place of an API key."""

    proof_id: str | None = None
    """Such a proof is good for one connection; None: for any number."""
    until_s: float = 0.0
    """Unix time in seconds up to which it could be presented again."""


def admits_all(handshake: Handshake, settings: SourcesSettings, clock: Clock) -> Refusal | None:
    """The check of a door that has none of its own."""
    return None


def vouches_for_none(handshake: Handshake, settings: SourcesSettings, clock: Clock) -> Proof | None:
    """The proof of a door that knows none but an API key."""
    return None


def no_subprotocols(settings: SourcesSettings) -> tuple[str, ...]:
    """Of a door that speaks none."""
    return ()


@dataclass(frozen=True, slots=True)
class SourceDoor:
    """One websocket door. Its functions touch neither store, models nor bus: the upgrade waits for them."""

    name: str
    """As in the settings: "twilio"."""
    path: str
    """Below it a rest is allowed: ``Handshake.rest``."""
    settings: Callable[[SourcesSettings], SourceSettings]
    """The door's own settings."""
    open: Callable[[Handshake, SourcesSettings, bool], SourceCodec]
    """The codec of a connection that was let in; whether it proved who it is (an ``unsigned`` door asks for nothing).
    """
    needs_key: bool = True
    """Whether a connection must present a Livecue API key, unless the door vouches for it."""
    vouches: Callable[[Handshake, SourcesSettings, Clock], Proof | None] = vouches_for_none
    """What the connection proves in place of an API key; None: nothing."""
    admit: Callable[[Handshake, SourcesSettings, Clock], Refusal | None] = admits_all
    """Further checks before the upgrade, such as a signature; None: come in. Not asked where the door is unsigned."""
    bare_path: str | None = None
    """A second path, while the door is unsigned: for clients that can be given a host and a port alone."""
    subprotocols: Callable[[SourcesSettings], tuple[str, ...]] = no_subprotocols
    """Those the door speaks; the first offered of them is chosen, or none."""
    has_what_it_needs: Callable[[SourcesSettings], bool] = lambda _: True
    """Whether the secrets are set without which the door could let nobody in; otherwise it is not there."""

    def is_on(self, settings: SourcesSettings) -> bool:
        """Whether the door is there."""
        own = self.settings(settings)
        return own.enabled and (own.unsigned or self.has_what_it_needs(settings))
