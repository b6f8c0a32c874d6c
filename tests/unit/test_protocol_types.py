"""The browser's types follow the Python messages."""

from __future__ import annotations

from pathlib import Path

import pytest

from assist.view import FEELINGS_KEPT
from scripts.generate_protocol_types import TARGET, TypeWriter, main, render


def test_checked_in_protocol_types_are_what_the_messages_say() -> None:
    assert TARGET.read_text(encoding="utf-8") == render(), "run python scripts/generate_protocol_types.py"


def test_check_fails_on_a_stale_or_missing_file_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "protocol.gen.ts"
    assert main(["--check", "--target", str(target)]) == 1
    assert not target.exists()
    assert main(["--target", str(target)]) == 0
    assert main(["--check", "--target", str(target)]) == 0
    target.write_text("stale", encoding="utf-8")
    assert main(["--check", "--target", str(target)]) == 1
    assert "is stale" in capsys.readouterr().err


def test_unknown_schema_is_refused_rather_than_guessed() -> None:
    with pytest.raises(ValueError, match="no TypeScript"):
        TypeWriter({}).expression({"type": "object", "patternProperties": {}})


def test_the_browser_keeps_as_many_feelings_as_the_python_fold() -> None:
    fold = (TARGET.parent / "fold.ts").read_text(encoding="utf-8")
    assert f"export const FEELINGS_KEPT = {FEELINGS_KEPT};" in fold
