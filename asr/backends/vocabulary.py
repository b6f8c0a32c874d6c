"""The decoder's vocabulary, cut to what a Mandarin hotline needs.

Whisper writes 99 languages with 51,865 tokens, and every decoding step computes all of them: for the base model that is
half of the decoder's work. Of these, the tokens that can spell Chinese, marks and short Latin words are kept. Every
single byte is among them, so any text can still be written, only in more steps. See
docs/decisions/0007-decoder-vocabulary.md for what this gains and what it loses.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from asr.backends.model_file import LayoutError, ModelFile, Variable
from asr.backends.spelling import token_bytes
from assist.errors import ModelFilesError

LATIN_RANKS = 2_000
"""ASCII tokens of a lower id are kept. Ids are ranks: the lower, the more frequent in the tokenizer's corpus."""

LATIN_ABBREVIATION_CHARS = 4
"""Capitals of up to this length are kept whatever their rank: GB, APP, VIP, WLAN."""

LATIN_WORDS = (
    *("WiFi", "wifi", "VoLTE", "App", "email", "Email", "Pro", "Max", "Plus", "mini"),
    *("iPhone", "iPad", "iOS", "Android", "Apple", "HUAWEI", "Huawei", "vivo", "OPPO", "Tesla"),
    *("WeChat", "Alipay", "PayPal", "Taobao", "Google", "Netflix", "Word", "Excel"),
)
"""Words of the trade that are neither frequent nor abbreviations."""

_END_OF_TEXT = "<|endoftext|>"
_LAST_TASK = "<|notimestamps|>"
_HAN = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF))
_MARKS = ((0x2000, 0x206F), (0x3000, 0x303F), (0xFF00, 0xFF5F))
_SIGNS = "·℃￥"
_LEAD_BYTES = frozenset((*range(0xE2, 0xEA), 0xEF))
"""First bytes of the UTF-8 forms of these ranges."""


class Vocabulary:
    """The tokens of a loaded model; ids are places in it."""

    def __init__(self, symbols: Sequence[str]) -> None:
        self.symbols = tuple(symbols)
        self._ids = {symbol: place for place, symbol in enumerate(self.symbols)}

    def __len__(self) -> int:
        return len(self.symbols)

    def id(self, symbol: str) -> int:
        """Raises ModelFilesError for a symbol that every multilingual Whisper has."""
        if symbol not in self._ids:
            raise ModelFilesError(f"The model's vocabulary does not belong to a multilingual Whisper: no {symbol}.")
        return self._ids[symbol]

    @property
    def end_of_text(self) -> int:
        """Tokens of text are those before it."""
        return self.id(_END_OF_TEXT)


@dataclass(frozen=True, slots=True)
class Cut:
    """Which tokens of a vocabulary stay."""

    whole: Vocabulary
    rows: tuple[int, ...]
    """Their ids in the whole vocabulary, ascending."""

    @property
    def kept(self) -> Vocabulary:
        return Vocabulary([self.whole.symbols[row] for row in self.rows])

    def renumbered(self, config: Mapping[str, Any]) -> dict[str, Any]:
        """The model's configuration with every list of token ids in the ids of the kept tokens."""
        places = {row: place for place, row in enumerate(self.rows)}
        lists = {
            name: [places[row] for row in cast("list[int]", config[name]) if row in places]
            for name in ("suppress_ids", "suppress_ids_begin", "lang_ids")
            if name in config
        }
        return {**config, **lists}


def read_vocabulary(model_dir: Path) -> Vocabulary:
    """All tokens of a model, from ``vocabulary.json`` or, in older conversions, ``vocabulary.txt``.

    Raises ModelFilesError when there is none.
    """
    try:
        listed = model_dir / "vocabulary.json"
        if listed.is_file():
            return Vocabulary(cast("list[str]", json.loads(listed.read_text("utf-8"))))
        return Vocabulary((model_dir / "vocabulary.txt").read_text("utf-8").removesuffix("\n").split("\n"))
    except (OSError, ValueError) as error:
        raise ModelFilesError(f"The vocabulary in {model_dir.name} cannot be read.") from error


def choose(whole: Vocabulary, extra: frozenset[str] = frozenset()) -> Cut:
    """The tokens that ``is_kept`` names, ``extra`` ones, and all tasks; timestamps, which are never asked for, go."""
    end_of_text, last_task = whole.end_of_text, whole.id(_LAST_TASK)
    spoken = (row for row in range(end_of_text) if is_kept(whole.symbols[row], rank=row) or whole.symbols[row] in extra)
    return Cut(whole, (*spoken, *range(end_of_text, last_task + 1)))


def is_kept(symbol: str, *, rank: int) -> bool:
    """Whether a hotline needs the token: bytes, Han, Chinese marks, parts of these, frequent or abbreviated Latin."""
    spelled = token_bytes(symbol)
    if len(spelled) == 1:
        return True
    if has_digit(symbol):
        return False
    try:
        text = spelled.decode()
    except UnicodeDecodeError:
        return all(byte in _LEAD_BYTES for byte in spelled if byte >= 0xC0)
    if text.isascii():
        return rank < LATIN_RANKS or _is_abbreviation(text.strip())
    return all(character.isascii() or _is_chinese(character) for character in text)


def has_digit(symbol: str) -> bool:
    """Whether a token writes an ASCII digit."""
    return any(character in "0123456789" for character in symbol)


def _is_abbreviation(text: str) -> bool:
    return text.isalpha() and text == text.upper() and len(text) <= LATIN_ABBREVIATION_CHARS


def _is_chinese(character: str) -> bool:
    return character in _SIGNS or any(first <= ord(character) <= last for first, last in (*_HAN, *_MARKS))


def write_cut_model(model_dir: Path, target_dir: Path, cut: Cut) -> None:
    """Write ``model.bin``, ``vocabulary.json`` and ``config.json`` of the model with the kept tokens only.

    Whatever has one row per token is cut: the embeddings, which are the output layer too, and the scales and biases
    that some conversions have. Raises LayoutError when the model is not laid out like that, OSError for the files.
    """

    def has_row_per_token(variable: Variable) -> bool:
        return variable.name.startswith("decoder/") and variable.shape[:1] == (len(cut.whole),)

    with ModelFile(model_dir / "model.bin") as model:
        if not any(has_row_per_token(variable) for variable in model.variables):
            raise LayoutError(f"no variable has a row for each of {len(cut.whole)} tokens")
        with (target_dir / "model.bin").open("wb") as file:
            model.write_rows(file, cut.rows, has_row_per_token)
    config = cast("dict[str, Any]", json.loads((model_dir / "config.json").read_text("utf-8")))
    (target_dir / "config.json").write_text(json.dumps(cut.renumbered(config)), "utf-8")
    (target_dir / "vocabulary.json").write_text(json.dumps(cut.kept.symbols, ensure_ascii=False), "utf-8")
