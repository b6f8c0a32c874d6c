"""Which calls somebody may see, as every store can narrow its rows down to them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CallScope:
    """The calls of some agents, and those that one person has to review."""

    agents: frozenset[str] | None = None
    """Their ids; None: everybody's calls, and those that nobody has taken."""
    assigned_to: str | None = None
    """User id of a reviewer, whose reviews' calls are in it, too."""

    def covers(self, agent_id: str | None) -> bool:
        """Whether all calls of this agent are in it; None: a call that nobody has taken."""
        return self.agents is None or (agent_id is not None and agent_id in self.agents)


EVERY_CALL = CallScope()
NO_CALL = CallScope(frozenset())
