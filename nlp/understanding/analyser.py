"""Intent, feelings, acts and entities of the utterances of a call, as signals (``assist.ports.Analyser``)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from threading import Lock

from assist.messages import ActSignal, EmotionSignal, EntitySignal, IntentSignal, Party, Signal, Utterance
from assist.playbook import Playbook
from models.engine import Engine, Priority
from nlp.emotion.course import EmotionCourse, Feeling
from nlp.emotion.fusion import WordsFeeling
from nlp.entities.book import EntityBook
from nlp.entities.finder import find_entities, merged
from nlp.entities.values import normal_form
from nlp.signals import said, times_of
from nlp.understanding.kept import KeptVectors
from nlp.understanding.listening import MeaningListener
from nlp.understanding.meaning import MeaningSpace
from nlp.understanding.model import FoundEntity, Scored, TurnText, Understanding, UnderstandingModel
from nlp.understanding.places import PlacesRunner, SentencePlacer

KIND = "understanding"
MAX_BATCH = 16
EARLY_SCORE = 0.9
"""What an intent or an act needs to be told of half a sentence (docs/nlp.md)."""
GO_ON_MS = 1_500
"""A longer pause ends what a party says in one go."""
MAX_GO_CHARS = 160
"""How much of it is looked at with the next utterance."""
_LENGTH_STEP = 16


class UnderstandingRunner:
    """The model behind the engine (``models.engine.Runner``)."""

    def __init__(self, model: UnderstandingModel, name: str) -> None:
        """``name`` is name@version."""
        self._model = model
        self._name = name

    @property
    def name(self) -> str:
        return self._name

    @property
    def model(self) -> UnderstandingModel:
        return self._model

    @property
    def space(self) -> MeaningSpace | None:
        return self._model.space

    @property
    def batch_limit(self) -> int:
        return MAX_BATCH

    @property
    def places(self) -> PlacesRunner | None:
        """The same model, asked for places alone; None: it places nothing."""
        return None if self._model.places is None else PlacesRunner(self._model, self._model.places, self._name)

    def batch_key(self, request: TurnText) -> Hashable:
        """Turns of like length: padding is work for nothing."""
        return (len(request.text) + len(request.previous)) // _LENGTH_STEP

    def run(self, batch: Sequence[TurnText]) -> Sequence[Understanding | Exception]:
        return self._model.understand(batch)


class UnderstandingAnalyser:
    """Serves any number of calls with one model."""

    def __init__(
        self, engine: Engine, runner: UnderstandingRunner, *, kept: KeptVectors | None = None, max_playbooks: int = 8
    ) -> None:
        """``kept``: vectors of sentences that need not be read again.

        ``max_playbooks``: how many playbooks' names are held; the least recently used go first.
        """
        if max_playbooks < 1:
            raise ValueError("max_playbooks must be at least 1")
        self._engine = engine
        self._runner = runner
        self._kept = kept
        self._max_playbooks = max_playbooks
        self._books: OrderedDict[str, EntityBook] = OrderedDict()
        self._listeners: OrderedDict[str, MeaningListener] = OrderedDict()
        self._turn = Lock()

    @property
    def name(self) -> str:
        return self._runner.name

    @property
    def kind(self) -> str:
        return KIND

    @property
    def compares_meanings(self) -> bool:
        """Whether the model can tell that utterances mean what the sentences of a set mean."""
        return self._runner.space is not None

    @property
    def placer(self) -> SentencePlacer | None:
        """Finds places of sentences for the archive; None: the model places nothing."""
        runner = self._runner.places
        return None if runner is None else SentencePlacer(self._engine, runner)

    def prepare(self, playbook: Playbook) -> EntityBook:
        """The names of a playbook, unless they are there; worth doing before its first call."""
        book = self._books.pop(playbook.digest, None) or EntityBook.of(playbook)
        self._books[playbook.digest] = book
        if len(self._books) > self._max_playbooks:
            self._books.popitem(last=False)
        return book

    def learn(self, playbook: Playbook) -> None:
        """Read the sentences of its meanings, so that its first call need not wait; new ones take seconds."""
        self._listener(playbook).learn()

    def open_call(self, playbook: Playbook) -> CallUnderstanding:
        return CallUnderstanding(self._engine, self._runner, self.prepare(playbook), self._listener(playbook))

    def _listener(self, playbook: Playbook) -> MeaningListener:
        with self._turn:
            listener = self._listeners.pop(playbook.digest, None)
            if listener is None:
                listener = MeaningListener(playbook.meanings, self._runner.model, self._runner.name, self._kept)
            self._listeners[playbook.digest] = listener
            if len(self._listeners) > self._max_playbooks:
                self._listeners.popitem(last=False)
            return listener


@dataclass(frozen=True, slots=True)
class _Go:
    """What a party has said without a word of the other."""

    party: Party
    end_ms: int
    text: str


@dataclass(slots=True)
class CallUnderstanding:
    """One call: what either party said last is the context of the other's words, and feelings have a course.

    What utterances mean is told of whole ones only.
    """

    engine: Engine
    runner: UnderstandingRunner
    book: EntityBook
    listener: MeaningListener
    _said: dict[Party, str] = field(default_factory=dict[Party, str])
    """Latest last."""
    _courses: dict[Party, EmotionCourse] = field(default_factory=dict[Party, EmotionCourse])
    _last: _Go | None = None

    async def analyse(self, utterance: Utterance) -> Sequence[Signal]:
        """What the model is sure enough of. Raises UnavailableError when the engine cannot."""
        turn, before = self._turn(utterance), self._before(utterance)
        self._said.pop(utterance.party, None)
        self._said[utterance.party] = utterance.text
        self._last = _Go(utterance.party, utterance.end_ms, (before + utterance.text)[-MAX_GO_CHARS:])
        found = await self.engine.run(self.runner, turn, priority=Priority.SIGNAL)
        self._courses[utterance.party], feeling = self._feel(utterance, found)
        meanings = await self.listener.find(utterance, found.vector, before=before)
        return [*self._signals(utterance, turn.previous, found, feeling), *meanings]

    async def foresee(self, heard: Utterance) -> Sequence[Signal]:
        """What half a sentence says already: only where the model is surer than it need be of a whole one.

        Raises DeadlineError and OverloadedError when the engine has no time for it.
        """
        turn = self._turn(heard)
        found = await self.engine.run(self.runner, turn, priority=Priority.FORESIGHT, lane=(id(self), heard.party))
        _, feeling = self._feel(heard, found)
        early = replace(found, intents=_surest(found.intents[:1]), acts=_surest(found.acts[:1]))
        return list(self._signals(heard, turn.previous, early, feeling))

    def _before(self, utterance: Utterance) -> str:
        """What the party said in the same go: long turns are recognised in pieces."""
        last = self._last
        if last is None or last.party != utterance.party or utterance.start_ms > last.end_ms + GO_ON_MS:
            return ""
        return last.text

    def _turn(self, utterance: Utterance) -> TurnText:
        others = [text for party, text in self._said.items() if party != utterance.party]
        return TurnText(utterance.text, others[-1] if others else "", utterance.party)

    def _signals(self, utterance: Utterance, previous: str, found: Understanding, feeling: Feeling) -> Iterator[Signal]:
        source = self.runner.name
        for place, scored in enumerate(found.intents):
            if scored.is_sure:
                yield IntentSignal(**said(utterance, scored.label, scored.score, source), is_primary=place == 0)
        for scored in found.acts:
            if scored.is_sure:
                yield ActSignal(**said(utterance, scored.label, scored.score, source))
        yield _feeling(utterance, feeling, source)
        for entity in merged(utterance.text, find_entities(utterance.text, self.book, previous), found.entities):
            yield _entity(utterance, entity, source)

    def _feel(self, utterance: Utterance, found: Understanding) -> tuple[EmotionCourse, Feeling]:
        """The party's course with this utterance, and how the party feels by it."""
        words = WordsFeeling(found.feelings, found.intensity, utterance.text, utterance.confidence)
        return self._courses.get(utterance.party, EmotionCourse()).next(words, utterance.voice)


def _surest(found: Sequence[Scored]) -> tuple[Scored, ...]:
    return tuple(scored for scored in found if scored.is_sure and scored.score >= EARLY_SCORE)


def _feeling(utterance: Utterance, feeling: Feeling, source: str) -> EmotionSignal:
    return EmotionSignal(
        utterance_id=utterance.utterance_id,
        party=utterance.party,
        label=feeling.label,
        score=feeling.score,
        start_ms=utterance.start_ms,
        end_ms=utterance.end_ms,
        source=source,
        intensity=feeling.intensity,
        valence=feeling.valence,
        arousal=feeling.arousal,
        trend=feeling.trend,
        heard_in=feeling.heard_in,
        evidence=feeling.evidence,
    )


def _entity(utterance: Utterance, entity: FoundEntity, source: str) -> EntitySignal:
    span = (entity.start, entity.end)
    quote = utterance.text[entity.start : entity.end]
    start_ms, end_ms = times_of(utterance, span)
    return EntitySignal(
        utterance_id=utterance.utterance_id,
        party=utterance.party,
        label=entity.label,
        score=round(entity.score, 3),
        start_ms=start_ms,
        end_ms=end_ms,
        span=span,
        quote=quote,
        source=source,
        value=normal_form(entity.label, quote) or quote,
    )
