"""One connection of a FunASR client as a state machine: texts and 16-bit samples in, results out.

    waiting ──sound──▶ live ──end text──▶ closing ──call complete──▶ waiting
       └── what is asked for cannot be served, or the call is over ──▶ refused ──end text──▶ waiting

The call is opened when there is sound, not when a client connects. Sound is held for a moment before that, because only
its first half second shows whether it comes as it is said: a file comes as fast as it is read, its call has the pace
"replay", and then pushing back on the socket is right. What comes while a call is closing waits for the next one.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from assist.errors import LivecueError, UnavailableError
from assist.messages import Envelope, LegLedger, Party
from assist.ports import Pace
from gateway.frames import TextMeter
from gateway.sources.codec import Action, Hang, Join, JoinedCall, Leave, Remark, Send
from gateway.sources.funasr.introduction import introduce
from gateway.sources.funasr.messages import Configuration, Text, acknowledgement, read_text, result_message
from gateway.sources.funasr.rate_check import RateCheck
from gateway.sources.funasr.remarks import remark
from gateway.sources.funasr.results import ResultStream
from gateway.sources.metadata import Card
from gateway.sources.stream_clock import StreamClock
from gateway.sources.wire_sound import WireSound

State = Literal["waiting", "live", "closing", "refused", "gone"]


@dataclass(frozen=True, slots=True)
class FunasrLimits:
    """Bounds of one connection; each with its unit."""

    watch_s: float = 0.5
    """How long the first sound is watched before its call is opened."""
    ahead_s: float = 2.0
    """Sound within that time that nobody can have said: a file."""
    text_wait_s: float = 1.0
    """How long sound waits for a first text before the defaults are taken."""
    held_bytes: int = 1 << 20
    """Sound that waits for a first text, one message more than that at most."""
    next_bytes: int = 8 << 20
    """What may come for the next call while one is closing."""
    patience_s: float = 240.0
    """After the end text, or the last result since: how long the call may take to be complete."""
    idle_timeout_s: float = 300.0
    """Without any message."""
    texts_per_s: int = 50


class FunasrCodec:
    """The server's side of one connection."""

    wants_events = True

    def __init__(self, *, role: Party = "mixed", card: Card | None = None, limits: FunasrLimits | None = None) -> None:
        """``role``: who speaks where neither the client nor ``card`` (its URL) says."""
        self._role: Party = role
        self._card = card or Card()
        self._limits = limits or FunasrLimits()
        self._meter = TextMeter(self._limits.texts_per_s)
        self._state: State = "waiting"
        self._now_s = 0.0
        self._heard_s = 0.0
        self._configuration = Configuration()
        self._has_text = False
        self._next: deque[tuple[float, str | bytes]] = deque()
        """What came while a call was closing, and when."""
        self._next_bytes = 0
        self._is_answered = False
        """The end was answered, and nothing began since."""
        self._wants_acknowledgement = False
        # of the call at hand
        self._held = bytearray()
        self._first_sound_s = 0.0
        self._pace: Pace = "live"
        self._party: Party = role
        self._sound = WireSound("pcm_s16le", (role,))
        self._rate_check: RateCheck | None = None
        self._results: ResultStream | None = None
        self._has_call = False
        """It was opened and is not complete."""
        self._problem: str | None = None
        self._patience_until_s = 0.0
        self._has_news = False
        """A result was sent since the patience was last renewed."""

    @property
    def has_timeline(self) -> bool:
        """A file is whole: how its pieces arrive says nothing."""
        return self._pace == "replay"

    @property
    def deadline_s(self) -> float | None:
        match self._state:
            case "gone":
                return None
            case "closing":
                return self._patience_until_s
            case "waiting" if self._held:
                return self._first_sound_s + (self._limits.watch_s if self._has_text else self._limits.text_wait_s)
            case _:
                return self._heard_s + self._limits.idle_timeout_s

    # --- from the client ---------------------------------------------------------------------------------------

    def begin(self) -> Sequence[Action]:
        return ()

    def receive(self, message: str | bytes, elapsed_s: float) -> Sequence[Action]:
        if self._state == "gone":
            return ()
        self._now_s = self._heard_s = elapsed_s
        if isinstance(message, str) and not self._meter.admit(elapsed_s):
            return self._hang("text-flood", 1008)
        return self._put_off(message) if self._state == "closing" else self._take(message)

    def _put_off(self, message: str | bytes) -> Sequence[Action]:
        """Keep what is of the next call."""
        if not message:
            return ()
        self._next_bytes += len(message)
        if self._next_bytes > self._limits.next_bytes:
            return self._hang("too-much-after-end", 1013)
        self._next.append((self._now_s, message))
        return ()

    def _take_next(self) -> list[Action]:
        """What was put off, as if it came now, as far as it can be taken."""
        actions: list[Action] = []
        arrived_s = self._now_s
        while self._next and self._state not in ("closing", "gone"):
            self._now_s, message = self._next.popleft()
            self._next_bytes -= len(message)
            actions += self._take(message)
        self._now_s = arrived_s
        return actions

    def _take(self, message: str | bytes) -> Sequence[Action]:
        return self._take_text(message) if isinstance(message, str) else self._take_sound(message)

    def _take_text(self, message: str) -> Sequence[Action]:
        text = read_text(message, self._configuration)
        if text is None:
            return (remark("bad-json"),)
        self._has_text = True
        remarks = self._configure(text)
        if text.is_start:
            self._is_answered = False
            if self._state == "refused":
                self._state, self._problem = "waiting", None
        if not text.is_end:
            return (*remarks, *self._consider())
        self._wants_acknowledgement |= text.wants_acknowledgement
        return (*remarks, *self._end())

    def _configure(self, text: Text) -> list[Remark]:
        before, self._configuration = self._configuration, text.configuration
        after = text.configuration
        remarks = [remark(code) for code in text.remarks]
        remarks += [one for one in after.card.remarks if one not in before.card.remarks]
        if self._state == "live" and (before.rate_hz, before.terms) != (after.rate_hz, after.terms):
            remarks.append(remark("configuration-late"))
        return remarks

    def _take_sound(self, sound: bytes) -> Sequence[Action]:
        if self._state == "live":
            return self._heard(sound)
        if self._state == "refused" or not sound:
            return ()
        if not self._held:
            self._first_sound_s = self._now_s
        self._is_answered = False
        self._held += sound
        return self._consider()

    def _heard(self, sound: bytes) -> list[Action]:
        actions: list[Action] = []
        for piece in self._sound.push(sound):
            actions.append(piece)
            if self._rate_check is not None and self._rate_check.push(piece.pcm):
                actions.append(remark("half-rate"))
        return actions

    def _end(self) -> Sequence[Action]:
        """The client has sent everything."""
        match self._state:
            case "live":
                return self._leave()
            case "waiting" if self._held:
                return self._begin_call(is_whole=True)
            case _:
                return self._answer()

    def _leave(self) -> Sequence[Action]:
        self._state = "closing"
        self._renew_patience()
        return (remark("unfinished-sample"), Leave()) if self._sound.rest_bytes else (Leave(),)

    # --- opening a call ----------------------------------------------------------------------------------------

    def _consider(self) -> Sequence[Action]:
        """Open the call for the sound that is held, once it is known how."""
        if self._state != "waiting" or not self._held:
            return ()
        if self._configuration.problem is not None:
            self._state, self._problem = "refused", self._configuration.problem
            self._held.clear()
            return (remark("cannot-serve"),)
        waited_s = self._now_s - self._first_sound_s
        if not self._has_text and waited_s < self._limits.text_wait_s and len(self._held) < self._limits.held_bytes:
            return ()
        is_known = self._configuration.mode == "offline" or self._is_ahead or waited_s >= self._limits.watch_s
        return self._begin_call(is_whole=False) if is_known else ()

    @property
    def _is_ahead(self) -> bool:
        """More sound came than can have been said."""
        held_s = len(self._held) / 2 / self._configuration.rate_hz
        return held_s - (self._now_s - self._first_sound_s) >= self._limits.ahead_s

    def _begin_call(self, *, is_whole: bool) -> Sequence[Action]:
        configuration = self._configuration
        self._state, self._results = "live", None
        self._pace = "replay" if is_whole or configuration.mode == "offline" or self._is_ahead else "live"
        introduction, remarks = introduce(configuration, self._card, self._role, self._pace)
        self._party = introduction.legs[0].party
        self._sound = WireSound("pcm_s16le", (self._party,))
        self._rate_check = None if configuration.is_rate_given else RateCheck()
        held, self._held = bytes(self._held), bytearray()
        begun = (*remarks, Join(introduction), *self._heard(held))
        return (*begun, *self._leave()) if is_whole else begun

    # --- from the driver ---------------------------------------------------------------------------------------

    def expire(self, elapsed_s: float) -> Sequence[Action]:
        self._now_s = elapsed_s
        match self._state:
            case "waiting" if self._held:
                return self._begin_call(is_whole=False)
            case "live":
                self._heard_s = elapsed_s
                return (remark("sound-stopped"), *self._leave())
            case "closing" if self._has_news:
                self._renew_patience()
                return ()
            case "closing":
                return (*self._answer(), *self._hang("call-goes-on", 1000))
            case "gone":
                return ()
            case _:
                return self._hang("idle", 1000)

    def end(self, is_clean: bool) -> Sequence[Action]:
        actions: Sequence[Action] = ()
        if self._state == "waiting" and self._held:
            actions = self._begin_call(is_whole=True)
        elif self._state == "live" and is_clean:
            actions = (Leave(),)
        elif self._next:
            actions = (remark("unanswered"),)
        self._state, self._results = "gone", None
        return actions

    def joined(self, call: JoinedCall) -> Sequence[Action]:
        self._has_call = True
        self._results = ResultStream(self._party, StreamClock(call))
        return ()

    def failed(self, error: LivecueError) -> Sequence[Action]:
        if self._state == "gone":
            return ()
        if self._has_call:
            self._problem = error.message
            return self._lost()
        self._state = "gone"
        configuration = self._configuration
        refusal = acknowledgement(configuration.mode, configuration.wav_name, error.message)
        return (Send(refusal), Hang(1013 if isinstance(error, UnavailableError) else 1008, error.code))

    def hear(self, envelope: Envelope) -> Sequence[Action]:
        if self._results is None:
            return ()
        configuration = self._configuration
        sends = [
            Send(result_message(result.mode, configuration.wav_name, result.text, result.more))
            for result in self._results.hear(envelope.event, configuration.mode, itn=configuration.itn)
        ]
        self._has_news |= bool(sends)
        return sends

    def closed(self, ledger: Sequence[LegLedger]) -> Sequence[Action]:
        self._problem = None if self._state == "closing" else "The call has ended; what comes now is not heard."
        return self._lost()

    def _lost(self) -> Sequence[Action]:
        """There is no call any more: say so, now or when the client has sent everything."""
        self._has_call, self._results = False, None
        if self._state == "closing":
            return (*self._answer(), *self._take_next())
        if self._state == "live":
            self._state = "refused"
        return ()

    def stop(self) -> Sequence[Action]:
        return ()

    # --- inside ------------------------------------------------------------------------------------------------

    def _answer(self) -> Sequence[Action]:
        """The last result of what has ended, which alone is final, and the acknowledgement if it was asked for."""
        configuration = self._configuration
        problem = self._problem or configuration.problem
        answers: list[Action] = []
        if not self._is_answered:
            mode = "2pass-offline" if configuration.mode == "2pass" else configuration.mode
            more = {} if problem is None else {"error": problem}
            answers.append(Send(result_message(mode, configuration.wav_name, "", more, is_final=True)))
        if self._wants_acknowledgement:
            answers.append(Send(acknowledgement(configuration.mode, configuration.wav_name, problem)))
        self._state, self._problem = "waiting", None
        self._is_answered, self._wants_acknowledgement = True, False
        return answers

    def _hang(self, code: str, close_code: int) -> Sequence[Action]:
        self._state = "gone"
        why = remark(code)
        return (why, Hang(close_code, why.code))

    def _renew_patience(self) -> None:
        self._has_news = False
        self._patience_until_s = self._now_s + self._limits.patience_s
