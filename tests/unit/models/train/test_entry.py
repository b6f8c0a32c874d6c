"""The entry of a trained model in the catalogue."""

from __future__ import annotations

import tomllib
from hashlib import sha256
from pathlib import Path

from typer.testing import CliRunner

from models.train.__main__ import app


def test_every_file_is_listed_with_its_size_and_checksum(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_bytes(b"{}" * 5_000)
    (tmp_path / "encoder.onnx").write_bytes(b"graph")
    printed = CliRunner().invoke(app, ["catalogue-entry", str(tmp_path)]).output
    assert "size_bytes = 10_000" in printed
    assert tomllib.loads("[[models]]\n" + printed)["models"][0]["files"] == [
        {"name": "config.json", "size_bytes": 10_000, "sha256": sha256(b"{}" * 5_000).hexdigest()},
        {"name": "encoder.onnx", "size_bytes": 5, "sha256": sha256(b"graph").hexdigest()},
    ]
