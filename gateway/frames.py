"""What every websocket door shares about the frames it reads: JSON objects, bounded texts, a text-flood meter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar, cast

from pydantic import BaseModel, ConfigDict, Field, StrictInt, StringConstraints, ValidationError
from pydantic_core import from_json

from assist.errors import ProtocolError

CALL_ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
"""Safe as a file name: a call id names a spool directory."""

PRINTABLE_PATTERN = r"^[^\x00-\x1f\x7f]*$"
"""No control characters: PostgreSQL refuses NUL in text, and terminals obey the rest."""

CallId = Annotated[str, StringConstraints(pattern=CALL_ID_PATTERN)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=PRINTABLE_PATTERN)]
MAX_CORRELATION_CHARS = 200
MAX_SAFE_INT = 2**53 - 1
"""Largest integer that JavaScript keeps exact."""
Correlation = (
    Annotated[StrictInt, Field(ge=-MAX_SAFE_INT, le=MAX_SAFE_INT)]
    | Annotated[str, StringConstraints(max_length=MAX_CORRELATION_CHARS)]
)
"""A client's own id of a message, echoed in the answer."""
Seq = Annotated[StrictInt, Field(ge=0, le=MAX_SAFE_INT)]

M = TypeVar("M", bound=BaseModel)


class ClientMessage(BaseModel):
    """Base of what clients send: unknown top-level fields are ignored, so that newer clients work."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class ServerMessage(BaseModel):
    """Base of what the server sends."""

    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True, slots=True)
class ErrorRule:
    """What an error does to its socket."""

    close_code: int | None
    """Websocket close code if the error is fatal; None: it never is."""
    only_before_open: bool = False
    """Fatal only while the connection carries no call: a live call is worth more than a clean protocol."""


def read_object(text: str) -> dict[str, Any]:
    """The JSON object in a text frame with its ``type``. Raises ProtocolError "bad-json" or "bad-message"."""
    try:
        value = from_json(text, allow_inf_nan=False)
    except (ValueError, TypeError):  # TypeError: a lone surrogate, which has no UTF-8
        raise ProtocolError("Text frames must be JSON.", code="bad-json") from None
    if not isinstance(value, dict):
        raise ProtocolError("Text frames must be JSON objects.", code="bad-json")
    fields = cast(dict[str, Any], value)
    if not isinstance(fields.get("type"), str):
        raise ProtocolError("The message has no type.")
    return fields


def read_message(fields: Mapping[str, Any], model: type[M], *, codes: Mapping[str, str] | None = None) -> M:
    """The message as ``model``. Raises ProtocolError "bad-message", or the code given for its first bad field."""
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"][:2])
        field = str(first["loc"][0]) if first["loc"] else ""
        code = (codes or {}).get(field)
        raise ProtocolError(f"{fields['type']}: {place}: {first['msg']}", code=code) from None


def read_request(fields: Mapping[str, Any], models: Mapping[str, type[M]]) -> M:
    """The message as its type wants it. Raises ProtocolError "unknown-message" or "bad-message"."""
    model = models.get(fields["type"])
    if model is None:
        raise ProtocolError("This message type is not known.", code="unknown-message")
    return read_message(fields, model)


def correlation(fields: Mapping[str, Any]) -> Correlation | None:
    """The client's id of a message, as far as it can be made out of one that is wrong otherwise."""
    match fields.get("id"):
        case bool():
            return None
        case int(number) if abs(number) <= MAX_SAFE_INT:
            return number
        case str(text) if len(text) <= MAX_CORRELATION_CHARS:
            return text
        case _:
            return None


class TextMeter:
    """Counts text messages: at most ``per_second`` in a burst and on average."""

    def __init__(self, per_second: int) -> None:
        if per_second < 1:
            raise ValueError("per_second must be at least 1")
        self._per_second = per_second
        self._credit = float(per_second)
        self._refilled_s = 0.0

    def admit(self, elapsed_s: float) -> bool:
        """Whether one more text is within the limit at this time."""
        refill = (elapsed_s - self._refilled_s) * self._per_second
        self._credit = min(float(self._per_second), self._credit + refill)
        self._refilled_s = elapsed_s
        if self._credit < 1:
            return False
        self._credit -= 1
        return True
