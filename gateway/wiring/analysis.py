"""What finds signals in words: phrases, the model of the settings, the classifiers beside it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from difflib import get_close_matches

from assist.errors import ConfigurationError, ModelFilesError
from assist.playbook import AskedLabel, Listen, Playbook
from assist.ports import Analyser
from assist.search.places import Placer
from gateway.model_settings import ClassifierSettings
from gateway.settings import Settings
from models.directory import locate
from models.engine import Engine
from nlp.backends.analyser import ClassifierUse
from nlp.backends.loading import ClassifierChoice, load_analysers
from nlp.labels import ACTS, EMOTIONS, ENTITIES, INTENTS, codes
from nlp.missing import MissingModel
from nlp.phrases import PhraseAnalyser
from nlp.roles.analyser import KIND as ROLES
from nlp.roles.analyser import RoleAnalyser
from nlp.roles.model import load_roles
from nlp.understanding.analyser import KIND as UNDERSTANDING
from nlp.understanding.analyser import UnderstandingAnalyser, UnderstandingRunner
from nlp.understanding.kept import KeptVectors
from nlp.understanding.model import load_understanding
from nlp.understanding.model import require_files as require_understanding

log = logging.getLogger(__name__)


async def open_understanding(settings: Settings, engine: Engine) -> Analyser | None:
    """The model of the settings, loaded; one that says what is wrong where it cannot be; None where none is wanted."""
    if not settings.nlu.model:
        return None
    try:
        directory = await asyncio.to_thread(
            locate, settings.models_dir, settings.nlu.model, require=require_understanding
        )
        model = await asyncio.to_thread(load_understanding, directory.path)
    except ModelFilesError as error:
        log.warning("no utterance will be understood", extra={"code": error.code, "reason": error.message})
        return MissingModel(error, UNDERSTANDING)
    kept = KeptVectors(settings.meanings_dir)
    return UnderstandingAnalyser(engine, UnderstandingRunner(model, directory.label), kept=kept)


async def open_roles() -> Analyser:
    """What tells agents' words from customers'; one that says what is wrong where its model cannot be used."""
    try:
        return RoleAnalyser(await asyncio.to_thread(load_roles))
    except ModelFilesError as error:
        log.warning("nobody tells who says what", extra={"code": error.code, "reason": error.message})
        return MissingModel(error, ROLES)


def placer_of(understanding: Analyser | None) -> Placer | None:
    """What makes archives searchable by meaning; None: the model of the settings does not."""
    return understanding.placer if isinstance(understanding, UnderstandingAnalyser) else None


@asynccontextmanager
async def open_placer(settings: Settings) -> AsyncGenerator[Placer | None]:
    """The same on an engine of its own, for commands that need no service."""
    engine = Engine(workers=1)
    try:
        yield placer_of(await open_understanding(settings, engine))
    finally:
        await engine.close()


@asynccontextmanager
async def open_reader(settings: Settings) -> AsyncGenerator[Analyser]:
    """The model of the settings on an engine of its own, for the text of stored calls.

    Raises ConfigurationError "no-meanings" where it compares none, and ModelFilesError where it cannot be loaded.
    """
    engine = Engine(workers=1)
    try:
        reader = await open_understanding(settings, engine)
        if isinstance(reader, MissingModel):
            raise reader.error
        if not isinstance(reader, UnderstandingAnalyser) or not reader.compares_meanings:
            raise ConfigurationError("The model of the settings compares no meanings.", code="no-meanings")
        yield reader
    finally:
        await engine.close()


async def open_classifiers(settings: Settings, engine: Engine) -> tuple[Analyser, ...]:
    """The classifiers beside it, loaded; one that says what is wrong for each that cannot be."""
    choices = [classifier_choice(chosen) for chosen in settings.nlu.extra]
    return await asyncio.to_thread(load_analysers, choices, settings.models_dir, engine)


def classifier_choice(settings: ClassifierSettings) -> ClassifierChoice:
    """One of ``nlu.extra`` as it is loaded."""
    use = ClassifierUse(settings.signal, settings.party, settings.min_score)
    return ClassifierChoice(settings.backend, settings.model, use)


def phrase_listener(playbook: Playbook) -> Listen:
    """Finds a playbook's phrases in utterances, as its calls have them found."""
    return PhraseAnalyser().open_call(playbook).find


def strange_labels(playbook: Playbook) -> Iterator[tuple[AskedLabel, str]]:
    """Labels that rules ask for and Livecue's own model never gives, each with the nearest that it gives, or nothing.

    A classifier of the site may give them; without one such a condition is never true.
    """
    known = {"intent": INTENTS, "emotion": EMOTIONS, "act": ACTS, "entity": ENTITIES}
    for asked in playbook.labels:
        given = codes(known[asked.kind])
        if asked.label not in given:
            yield asked, next(iter(get_close_matches(asked.label, given, n=1)), "")
