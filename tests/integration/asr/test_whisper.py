"""The default recogniser on real speech."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from asr.audio.samples import Float32Array
from asr.backends.whisper import WhisperRunner
from asr.evaluation import CharacterErrors, count_errors, normalise
from asr.speech import Effort, Hypothesis, SpeechRequest
from asr.text import Scribe
from models.directory import locate
from tests.integration.asr.conftest import MODELS_DIR, TEXTS


def recognise(whisper: WhisperRunner, samples: list[Float32Array], effort: Effort) -> list[Hypothesis]:
    return list(whisper.run([SpeechRequest(row, effort) for row in samples]))


@pytest.mark.parametrize("effort", ["partial", "final", "careful", "full"])
def test_a_row_is_the_same_alone_and_in_a_batch(
    whisper: WhisperRunner, speech_16k: list[Float32Array], effort: Effort
) -> None:
    rows = [row[: 2_900 * 16] for row in speech_16k]
    rows[1] = rows[1][: 2_600 * 16]
    assert len({whisper.batch_key(SpeechRequest(row, effort)) for row in rows}) == 1
    together = recognise(whisper, rows, effort)
    alone = [recognise(whisper, [row], effort)[0] for row in rows]
    assert together == alone


def test_requests_of_different_length_or_effort_do_not_share_a_batch(whisper: WhisperRunner) -> None:
    short, long = np.zeros(16_000, np.float32), np.zeros(160_000, np.float32)
    keys = {whisper.batch_key(SpeechRequest(row, effort)) for row in (short, long) for effort in ("final", "partial")}
    assert len(keys) == 4


def test_telephone_speech_is_recognised(whisper: WhisperRunner, speech_16k: list[Float32Array]) -> None:
    scribe, errors = Scribe(), CharacterErrors()
    for samples, text in zip(speech_16k, TEXTS.values(), strict=True):
        (heard,) = recognise(whisper, [samples], "final")
        errors += count_errors(normalise(text, scribe), normalise(heard.text, scribe))
    assert errors.rate <= 0.2


def test_characters_spell_the_text_and_lie_in_order_within_the_audio(
    whisper: WhisperRunner, speech_16k: list[Float32Array]
) -> None:
    (heard,) = recognise(whisper, speech_16k[:1], "final")
    assert "".join(character.text for character in heard.characters) == heard.text
    starts = [character.start_ms for character in heard.characters]
    assert starts == sorted(starts)
    assert heard.characters[-1].end_ms <= len(speech_16k[0]) // 16 + 20
    assert all(0 <= character.confidence <= 1 for character in heard.characters)


def test_silence_gives_a_bounded_answer(whisper: WhisperRunner) -> None:
    (heard,) = recognise(whisper, [np.zeros(16_000, np.float32)], "final")
    assert len(heard.text) <= 30


def test_a_cut_vocabulary_hears_the_same_words(whisper: WhisperRunner, speech_16k: list[Float32Array]) -> None:
    found = locate(MODELS_DIR, "whisper-base")
    whole = WhisperRunner(found.path, found.label, full_vocabulary=True)
    scribe = Scribe()
    for samples in speech_16k:
        (cut,), (full,) = recognise(whisper, [samples], "final"), recognise(whole, [samples], "final")
        errors = count_errors(normalise(full.text, scribe), normalise(cut.text, scribe))
        assert errors.rate <= 0.2


def test_a_model_that_cannot_be_cut_is_used_whole_with_a_warning(
    tmp_path: Path, speech_16k: list[Float32Array], caplog: pytest.LogCaptureFixture
) -> None:
    found = locate(MODELS_DIR, "whisper-base")
    for name in ("model.bin", "config.json", "tokenizer.json"):
        (tmp_path / name).symlink_to(found.file(name))
    symbols = json.loads(found.file("vocabulary.json").read_text("utf-8"))
    (tmp_path / "vocabulary.json").write_text(json.dumps([*symbols, "<|of another model|>"]), "utf-8")
    (heard,) = WhisperRunner(tmp_path, "odd@1").run([SpeechRequest(speech_16k[1], "final")])
    assert heard.text
    assert "could not be cut" in caplog.text
