"""What FunASR's clients write, read leniently, and the messages they are answered with.

Any text may name any part of the configuration and changes what it names; what cannot be used costs a remark. Sources:
modelscope/FunASR runtime/docs/websocket_protocol.md and the clients beside it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Final, Literal, cast

from pydantic_core import from_json

from asr.audio.samples import MAX_RATE_HZ, MIN_RATE_HZ
from assist.terms import MAX_CALL_TERMS, MAX_NAME_CHARS
from gateway.sources.metadata import Card, read_card, text_of

Mode = Literal["offline", "online", "2pass"]

MODES: Final[Mapping[str, Mode]] = {"offline": "offline", "online": "online", "2pass": "2pass"}
SOUND_FORMATS: Final = frozenset({"pcm", "wav", "s16le", ""})
"""Values of ``wav_format``, in lower case, under which 16-bit samples come."""

DEFAULT_RATE_HZ: Final = 16_000
DEFAULT_NAME: Final = "microphone"

_HAN = re.compile(r"[\u3400-\u9fff]")
_WORD_ENDS = re.compile(r"[,，、;；|\r\n\t]+")
_WEIGHT = re.compile(r"\s+-?\d+(?:\.\d+)?$")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Configuration:
    """What a client has said of itself so far."""

    mode: Mode = "2pass"
    rate_hz: int = DEFAULT_RATE_HZ
    is_rate_given: bool = False
    wav_name: str = DEFAULT_NAME
    is_named: bool = False
    itn: bool = True
    """Whether sentences come with numbers in digits."""
    terms: tuple[str, ...] = ()
    card: Card = field(default_factory=Card)
    """What the texts say of the call under the names that all doors share."""
    problems: Mapping[str, str] = field(default_factory=dict[str, str])
    """What cannot be served, by the field that asks for it."""

    @property
    def problem(self) -> str | None:
        """Why the client cannot be served; None: it can."""
        return next(iter(self.problems.values()), None)


@dataclass(frozen=True, slots=True)
class Text:
    """One text of a client."""

    configuration: Configuration
    """After it."""
    is_start: bool
    """The client says that it speaks."""
    is_end: bool
    """The client says that it has sent everything."""
    wants_acknowledgement: bool
    remarks: tuple[str, ...] = ()


def read_text(text: str, configuration: Configuration) -> Text | None:
    """A client's text on top of what it said before; None where it is no JSON object."""
    try:
        value = from_json(text, allow_inf_nan=False)
    except ValueError:
        return None
    if not isinstance(value, dict):
        return None
    fields = cast("Mapping[str, Any]", value)
    speaking, finished, end = (_truth(fields.get(name)) for name in ("is_speaking", "is_finished", "is_end"))
    is_end = speaking is False or finished is True or (end is True and speaking is None)
    configured, remarks = _configured(fields, configuration)
    return Text(
        configuration=configured,
        is_start=speaking is True and not is_end,
        is_end=is_end,
        wants_acknowledgement=is_end and end is True,
        remarks=remarks,
    )


def _configured(fields: Mapping[str, Any], before: Configuration) -> tuple[Configuration, tuple[str, ...]]:
    changed, remarks = before, list[str]()
    problems = dict(before.problems)
    if (mode := fields.get("mode")) is not None:
        known = MODES.get(mode.strip().lower()) if isinstance(mode, str) else None
        _note(problems, "mode", known, "This mode is not supported; use offline, online or 2pass.")
        changed = replace(changed, mode=known or changed.mode)
    if (rate := fields.get("audio_fs")) is not None:
        rate_hz = _rate_hz(rate)
        _note(problems, "audio_fs", rate_hz, f"audio_fs must be {MIN_RATE_HZ} to {MAX_RATE_HZ}, such as 8000 or 16000.")
        changed = replace(changed, rate_hz=rate_hz or changed.rate_hz, is_rate_given=True)
    if (form := fields.get("wav_format")) is not None:
        is_sound = isinstance(form, str) and form.strip().lower() in SOUND_FORMATS
        _note(problems, "wav_format", is_sound or None, "wav_format must be pcm: send 16-bit mono samples.")
    if (name := fields.get("wav_name")) is not None:
        text = text_of(name)
        if text is None:
            remarks.append("bad-wav-name")
        else:
            changed = replace(changed, wav_name=text, is_named=True)
    if (itn := _truth(fields.get("itn"))) is not None:
        changed = replace(changed, itn=itn)
    words = fields.get("hotwords", fields.get("hotword"))
    if words is not None:
        changed = replace(changed, terms=read_hotwords(words))
    card = read_card(fields).over(before.card)
    return replace(changed, card=card, problems=problems), tuple(remarks)


def _note(problems: dict[str, str], name: str, found: object, problem: str) -> None:
    """Keep in mind that a field asks for what cannot be served, until it asks for something else."""
    if found is None:
        problems[name] = problem
    else:
        problems.pop(name, None)


def _truth(value: object) -> bool | None:
    match value:
        case bool():
            return value
        case 0 | 1:
            return bool(value)
        case str():
            return {"true": True, "1": True, "false": False, "0": False}.get(value.strip().lower())
        case _:
            return None


def _rate_hz(value: object) -> int | None:
    """Clients write 8000, 16000.0 or "16000"."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return int(number) if MIN_RATE_HZ <= number <= MAX_RATE_HZ and number == int(number) else None


# --- names to expect -------------------------------------------------------------------------------------------------


def read_hotwords(value: object) -> tuple[str, ...]:
    """Names in any form that clients send them in.

    A JSON object word → weight, written as a string (C++, browser) or by mistake as an object; a list of words set off
    by commas or lines, perhaps with weights (Python client with a file); plain text.
    """
    words = dict.fromkeys(word for word in _words(value, depth=0) if 2 <= len(word) <= MAX_NAME_CHARS)
    return tuple(words)[:MAX_CALL_TERMS]


def _words(value: object, depth: int) -> Iterator[str]:
    match value:
        case dict():
            yield from _clean(cast("Mapping[object, object]", value))
        case list():
            yield from _clean(cast("list[object]", value))
        case str() if depth == 0 and value.lstrip()[:1] in ("{", "["):
            try:
                yield from _words(from_json(value), depth=1)
            except ValueError:
                return
        case str() if depth == 0:
            for item in _WORD_ENDS.split(value):
                yield from _clean(_separated(item.strip()))
        case _:
            return


def _separated(item: str) -> Iterable[str]:
    """A space ends a Chinese word, and is part of a Latin name."""
    if _HAN.search(item):
        return (word for word in item.split() if not _NUMBER.fullmatch(word))
    return (_WEIGHT.sub("", item),)


def _clean(words: Iterable[object]) -> Iterator[str]:
    for word in words:
        text = text_of(word) if isinstance(word, str) else None
        if text is not None:
            yield text


# --- answers ---------------------------------------------------------------------------------------------------------


def result_message(
    mode: str, wav_name: str, text: str, more: Mapping[str, object] = MappingProxyType({}), *, is_final: bool = False
) -> str:
    """A result; ``more``: ``timestamp``, ``stamp_sents``, ``error``."""
    return _json({"mode": mode, "wav_name": wav_name, "text": text, "is_final": is_final, **more})


def acknowledgement(mode: Mode, wav_name: str, error: str | None = None) -> str:
    """That the end was heard and everything before it answered, or why not."""
    fields = {"mode": mode, "wav_name": wav_name, "is_final": error is None, "is_end": True}
    return _json(fields if error is None else fields | {"error": error})


def _json(fields: Mapping[str, object]) -> str:
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
