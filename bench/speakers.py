"""Who says what on a mixed leg, by words alone and by voices with words: ``livecue eval speakers``.

Calls are composed: the turns of written dialogues, each with sound of a real voice as long as its words would take,
both voices on one channel, now and then one beginning before the other has ended. No sound comes twice in a call. What
is heard is what the voice detector makes of the mix; the words are those of the dialogue.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, permutations
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from asr.audio.codecs import decode
from asr.audio.files import Recording
from asr.audio.resample import Resampler
from asr.audio.samples import RECOGNITION_RATE_HZ, Float32Array, Int16Array
from asr.evaluation.manifest import Band, ManifestRow, read_manifest
from asr.listener import HeardPause, HeardSegment, Listener, Resumption
from asr.segmenter import Ending
from asr.speakers.model import MIN_SPEECH_MS, SpeakerRunner, Voiceprint
from asr.speakers.voices import TwoVoices
from asr.vad import SileroVad
from assist.messages import Party, RoleSignal, SpeakerReading, Utterance
from nlp.roles.analyser import CallRoles
from nlp.roles.model import load_roles
from nlp.roles.voices import NAMED

DIALOGUES = Path(__file__).parent / "dialogues"
CHARS_PER_S = 4.5
SHORTEST_S = 0.5
OVERLAPPING = 0.15
"""Share of turns that begin before the other party has ended: with ``OVERLAP_S`` about 5 % of the speech."""
OVERLAP_S = (0.3, 0.9)
PAUSE_S = (0.5, 1.5)
PAUSE: Ending = "unclear"
"""How long a pause ends an utterance: as after words that might go on."""
LEAST_TURNS = 4
OF_VOICES: Mapping[bool, Mapping[str, Party | None]] = {
    True: {"a": "agent", "b": "customer", "both": None, "unsure": None},
    False: {"a": "customer", "b": "agent", "both": None, "unsure": None},
}
"""Whose they are if the first is the agent's, and if not."""
ONE_VOICE = 0.8
"""Share of a segment's speech from which on it is one party's."""
NOISE = 20.0
"""Of the line, of 32,768 (-64 dBFS)."""


@dataclass(frozen=True, slots=True)
class Turn:
    """As it was composed."""

    party: Party
    text: str
    start: int
    """Samples at the rate of the mix."""
    end: int


@dataclass(frozen=True, slots=True)
class Mix:
    """One call on one channel."""

    name: str
    rate_hz: int
    pcm: Int16Array
    turns: tuple[Turn, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """What the detector heard as one utterance."""

    heard: HeardSegment
    text: str
    """Of the turns in it."""
    party: Party
    """mixed: both speak in it."""


@dataclass(slots=True)
class Tally:
    """Utterances of one party, by whom they were given to."""

    right: int = 0
    wrong: int = 0
    unsure: int = 0

    def count(self, found: Party | None, truth: Party) -> None:
        """``found``: who was named; None: nobody."""
        if found is None:
            self.unsure += 1
        elif found == truth:
            self.right += 1
        else:
            self.wrong += 1

    def report(self) -> Mapping[str, float]:
        """Shares of all, in percent; and of those that were named, how many were right."""
        named = self.right + self.wrong
        whole = max(1, named + self.unsure)
        return {
            "utterances": named + self.unsure,
            "right": 100 * self.right / whole,
            "wrong": 100 * self.wrong / whole,
            "unsure": 100 * self.unsure / whole,
            "right_of_named": 100 * self.right / max(1, named),
        }


def measure_speakers(manifest: Path, *, band: Band, calls_per_pair: int, seed: int) -> Mapping[str, Any]:
    """Right, wrong and unnamed utterances by words and by voices with words, as told first and at the end of the call.

    Raises InputError "bad-manifest", ModelFilesError, AudioFormatError.
    """
    return asyncio.run(_measure(read_manifest(manifest, band=band), band, calls_per_pair, seed))


async def _measure(rows: Sequence[ManifestRow], band: Band, calls_per_pair: int, seed: int) -> Mapping[str, Any]:
    detector, runner, model = SileroVad(), SpeakerRunner(), load_roles()
    runner.load()
    ways = ("voices", "words", "voices and words, at once", "voices and words, at the end")
    tallies = {way: Tally() for way in ways}
    calls = both = both_by_words = both_named = 0
    spent_s = speech_s = 0.0
    for mix in compose(rows, calls_per_pair, seed, band):
        calls += 1
        said = tuple(said_in(mix, detector))
        voices, words, joined = TwoVoices(), CallRoles(model), CallRoles(model)
        by_words: list[Party | None] = []
        at_once: list[Party | None] = []
        last: dict[str, RoleSignal] = {}
        speakers: dict[str, str] = {}
        for at, one in enumerate(said):
            speech = speech_of(one.heard)
            begun_s = time.process_time()
            reading = voices.hear(str(at), _voiceprint(runner, one, speech), one.heard.acoustics.speech_ms)
            spent_s += time.process_time() - begun_s
            speech_s += len(speech) / RECOGNITION_RATE_HZ
            speakers[str(at)] = reading.speaker
            speakers |= {change.utterance_id: change.speaker for change in reading.earlier}
            told = await words.analyse(_utterance(at, one.text, None))
            by_words.append(_named(next((own for own in told if isinstance(own, RoleSignal)), None)))
            told = await joined.analyse(_utterance(at, one.text, reading))
            last |= {own.utterance_id: own for own in told if isinstance(own, RoleSignal)}
            at_once.append(_named(last.get(str(at))))
        whose = _best_names(speakers, said)
        for at, one in enumerate(said):
            at_last = _named(last.get(str(at)))
            if one.party == "mixed":
                both += 1
                both_by_words += by_words[at] is not None
                both_named += at_last is not None
                continue
            found = (whose[speakers[str(at)]], by_words[at], at_once[at], at_last)
            for way, party in zip(ways, found, strict=True):
                tallies[way].count(party, one.party)
    return {
        "calls": calls,
        "both_in_one": both,
        "both_in_one_named_by_words": both_by_words,
        "both_in_one_named": both_named,
        "ms_per_speech_s": 1000 * spent_s / max(speech_s, 1e-9),
        "ways": {way: tally.report() for way, tally in tallies.items()},
    }


def _voiceprint(runner: SpeakerRunner, said: Said, speech: Float32Array) -> Voiceprint | None:
    if said.heard.acoustics.speech_ms < MIN_SPEECH_MS:
        return None
    (found,) = runner.run([speech])
    return None if isinstance(found, Exception) else found


def _utterance(at: int, text: str, reading: SpeakerReading | None) -> Utterance:
    return Utterance(
        utterance_id=str(at),
        party="mixed",
        text=text,
        words=(),
        start_ms=at,
        end_ms=at + 1,
        decided_ms=at + 1,
        confidence=1.0,
        model="truth@1",
        speaker=reading,
    )


def _named(signal: RoleSignal | None) -> Party | None:
    if signal is None or signal.score < NAMED:
        return None
    return "agent" if signal.label == "agent" else "customer"


def _best_names(speakers: Mapping[str, str], said: Sequence[Said]) -> Mapping[str, Party | None]:
    """Whose the two voices are, if that is known: how well they are told apart, whoever is who."""
    straight = sum(
        (1 if (speakers[str(at)] == "a") == (one.party == "agent") else -1)
        for at, one in enumerate(said)
        if one.party != "mixed" and speakers[str(at)] in ("a", "b")
    )
    return OF_VOICES[straight >= 0]


def compose(rows: Sequence[ManifestRow], calls_per_pair: int, seed: int, band: Band) -> Iterator[Mix]:
    """Calls of every two of the speakers, as long as their sound lasts; either may be the agent."""
    sounds: dict[str, list[Int16Array]] = {}
    for row in rows:
        sounds.setdefault(row.speaker, []).append(_speech(row.path))
    dialogues = [_dialogue(path) for path in sorted(DIALOGUES.glob("**/*.yaml"))]
    random = np.random.default_rng(seed)
    rate_hz = 8_000 if band == "8k" else RECOGNITION_RATE_HZ
    for agent, customer in permutations(sorted(sounds), 2):
        for at in range(calls_per_pair):
            turns = dialogues[random.integers(len(dialogues))]
            own = {"agent": _shuffled(sounds[agent], random), "customer": _shuffled(sounds[customer], random)}
            mix = _mix(f"{agent}-{customer}-{at}", turns, own, random, rate_hz)
            if len(mix.turns) >= LEAST_TURNS:
                yield mix


def said_in(mix: Mix, detector: SileroVad) -> Iterator[Said]:
    """What is heard of a call, with who says it."""
    listener, resampler = Listener(detector.open()), Resampler(mix.rate_hz)
    sound = np.concatenate([resampler.resample(mix.pcm), resampler.finish()])
    ended: HeardSegment | None = None
    for heard in chain(listener.hear(sound), listener.finish()):
        match heard:
            case HeardPause(ending=ending):
                ended = heard.ended if ending == PAUSE else ended
            case Resumption():
                if ended is not None:
                    listener.conclude()
                    yield _with_truth(ended, mix)
                ended = None
            case HeardSegment():
                yield _with_truth(ended or heard, mix)
                ended = None
            case _:
                pass


def speech_of(heard: HeardSegment) -> Float32Array:
    """From the first to the last of its speech."""
    start = heard.segment.start
    return heard.samples[heard.segment.speech_start - start : heard.segment.speech_end - start]


def _with_truth(heard: HeardSegment, mix: Mix) -> Said:
    scale = mix.rate_hz / RECOGNITION_RATE_HZ
    start, end = heard.segment.speech_start * scale, heard.segment.speech_end * scale
    shared: dict[Party, float] = {"agent": 0.0, "customer": 0.0}
    texts: list[str] = []
    for turn in mix.turns:
        inside = max(0.0, min(end, turn.end) - max(start, turn.start))
        shared[turn.party] += inside
        if inside > (turn.end - turn.start) / 2:
            texts.append(turn.text)
    party = max(shared, key=lambda one: shared[one])
    is_one = shared[party] >= ONE_VOICE * sum(shared.values())
    return Said(heard, "".join(texts), party if is_one else "mixed")


def _speech(path: Path) -> Int16Array:
    """Without the silence around it."""
    with Recording(path) as recording:
        samples = np.concatenate(list(recording.blocks()))[:, 0]
    loud = np.flatnonzero(np.abs(samples.astype(np.int32)) > np.abs(samples.astype(np.int32)).max() // 30)
    return samples[loud[0] : loud[-1] + 1]


def _shuffled(sounds: Sequence[Int16Array], random: np.random.Generator) -> Int16Array:
    order: list[int] = random.permutation(len(sounds)).tolist()
    return np.concatenate([sounds[at] for at in order])


def _dialogue(path: Path) -> list[tuple[Party, str]]:
    turns: list[Mapping[str, Any]] = yaml.safe_load(path.read_text("utf-8"))["turns"]
    parties: tuple[Party, ...] = ("agent", "customer")
    return [(party, str(turn[party])) for turn in turns for party in parties if party in turn]


def _mix(
    name: str,
    dialogue: Sequence[tuple[Party, str]],
    own: dict[str, Int16Array],
    random: np.random.Generator,
    rate_hz: int,
) -> Mix:
    turns: list[Turn] = []
    pieces: list[Int16Array] = []
    at = rate_hz
    for party, text in dialogue:
        length = int(max(SHORTEST_S, len(text) / CHARS_PER_S) * rate_hz)
        if len(own[party]) < length:
            break
        pieces.append(own[party][:length])
        own[party] = own[party][length:]
        is_over = turns and random.random() < OVERLAPPING and turns[-1].party != party
        offset_s = -random.uniform(*OVERLAP_S) if is_over else random.uniform(*PAUSE_S)
        at = max(turns[-1].start + rate_hz // 2 if turns else 0, at + int(offset_s * rate_hz))
        turns.append(Turn(party, text, at, at + length))
        at = max(at + length, turns[-1].end)
    line = random.normal(0, NOISE, at + 2 * rate_hz)
    for turn, piece in zip(turns, pieces, strict=True):
        line[turn.start : turn.end] += piece
    pcm = np.clip(line, -32_768, 32_767).astype(np.int16)
    if rate_hz == 8_000:
        pcm = _through_alaw(pcm)
    return Mix(name, rate_hz, pcm, tuple(turns))


def _through_alaw(pcm: Int16Array) -> Int16Array:
    levels = np.sort(decode("alaw", bytes(range(256)))).astype(np.int32)
    above = np.searchsorted(levels, pcm).clip(1, len(levels) - 1)
    is_lower = pcm - levels[above - 1] < levels[above] - pcm
    return np.where(is_lower, levels[above - 1], levels[above]).astype(np.int16)
