"""Whether new calls can be served, part by part; shown by /readyz."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from pydantic import BaseModel

from assist.notice import Notice

PartState = Literal["ready", "starting", "impaired", "full", "failed", "stopping"]


class Part(BaseModel):
    """State of one part: "impaired" serves on with what it has, every other state but "ready" holds new calls back."""

    state: PartState
    code: str | None = None
    """Stable error code while not ready."""
    message: str = ""

    @property
    def takes_calls(self) -> bool:
        return self.state in ("ready", "impaired")


class Readiness:
    """The parts and their states; changed only by who watches over the part."""

    def __init__(self, parts: Iterable[str]) -> None:
        self._changed = Notice()
        self._parts = {name: Part(state="starting") for name in parts}

    @property
    def parts(self) -> dict[str, Part]:
        return dict(self._parts)

    def report(self, name: str, state: PartState, *, code: str | None = None, message: str = "") -> None:
        """Set the state of a part that was named at construction."""
        if name not in self._parts:
            raise KeyError(name)
        self._parts[name] = Part(state=state, code=code, message=message)
        self._changed.notify()

    async def started(self, name: str) -> Part:
        """The part's state once it is no longer "starting"."""
        while self._parts[name].state == "starting":
            await self._changed.wait()
        return self._parts[name]
