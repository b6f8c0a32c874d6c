"""Sets of meanings that a stored call was not compared with, looked for in its text."""

from __future__ import annotations

from dataclasses import replace

from assist.backtest.recorded import RecordedCall
from assist.messages import MeaningSignal, Signal, Utterance
from assist.playbook import Playbook
from assist.ports import Analyser


async def with_meanings(call: RecordedCall, playbook: Playbook, reader: Analyser) -> RecordedCall:
    """The call as if it had been compared with the sets of a playbook, too; as it is, where it was.

    ``reader`` is told every utterance in the order of the log, as it was live. Of what it finds only meanings of sets
    that are new to the call count: all else stays as it was found then. Raises what the reader raises.
    """
    new = {meaning.label for meaning in playbook.meanings} - call.meanings
    if not new:
        return call
    reading = reader.open_call(playbook)
    told = list(call.told)
    for place, (event, signals) in enumerate(told):
        if isinstance(event, Utterance):
            found: list[Signal] = [
                one for one in await reading.analyse(event) if isinstance(one, MeaningSignal) and one.label in new
            ]
            told[place] = event, (*signals, *found)
    return replace(call, told=tuple(told), meanings=call.meanings | new)
