"""A library keeps what works when an edit does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from assist.errors import PlaybookError
from assist.playbook import PlaybookLibrary


def write(path: Path, name: str, phrase: str = "您好") -> None:
    path.write_text(
        f"name: {name}\nversion: 1\ntitle: 试\nrules:\n  - {{id: r, phrase: {phrase}, set: {{a: 1}}}}\n",
        encoding="utf-8",
    )


def test_playbooks_are_found_by_name(tmp_path: Path) -> None:
    write(tmp_path / "one.yaml", "telecom")
    write(tmp_path / "two.yaml", "bank")
    library = PlaybookLibrary(tmp_path, default="bank")
    assert [result.error for result in library.reload()] == [None, None]
    assert library.names() == ["bank", "telecom"]
    assert library.get("telecom").name == "telecom"
    assert library.get().name == "bank"


def test_an_unknown_name_lists_the_known_ones(tmp_path: Path) -> None:
    write(tmp_path / "one.yaml", "telecom")
    library = PlaybookLibrary(tmp_path)
    library.reload()
    with pytest.raises(PlaybookError, match="known are telecom") as caught:
        library.get("bank")
    assert caught.value.code == "unknown-playbook"
    assert library.get(None).name == "telecom"


def test_a_broken_edit_leaves_the_last_good_playbook(tmp_path: Path) -> None:
    path = tmp_path / "one.yaml"
    write(path, "telecom")
    library = PlaybookLibrary(tmp_path)
    library.reload()
    good = library.get()
    path.write_text("name: [", encoding="utf-8")
    results = library.reload()
    assert [(result.playbook, result.error is None) for result in results] == [(None, False)]
    assert library.get() is good
    assert library.reload() == []
    write(path, "telecom", "再见")
    assert [result.playbook for result in library.reload()] == [library.get()]
    assert library.get() != good


def test_mending_a_file_back_to_what_it_was_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "one.yaml"
    write(path, "telecom")
    library = PlaybookLibrary(tmp_path)
    library.reload()
    path.write_text("name: [", encoding="utf-8")
    library.reload()
    write(path, "telecom")
    assert [result.error for result in library.reload()] == [None]


def test_only_changes_are_reported(tmp_path: Path) -> None:
    write(tmp_path / "one.yaml", "telecom")
    library = PlaybookLibrary(tmp_path)
    assert len(library.reload()) == 1
    assert library.reload() == []


def test_a_deleted_file_takes_its_playbook_with_it(tmp_path: Path) -> None:
    write(tmp_path / "one.yaml", "telecom")
    library = PlaybookLibrary(tmp_path)
    library.reload()
    (tmp_path / "one.yaml").unlink()
    library.reload()
    with pytest.raises(PlaybookError, match="known are none"):
        library.get()


def test_a_name_belongs_to_one_file_and_the_library_is_bounded(tmp_path: Path) -> None:
    write(tmp_path / "a.yaml", "telecom")
    write(tmp_path / "b.yaml", "telecom")
    write(tmp_path / "c.yaml", "bank")
    results = PlaybookLibrary(tmp_path, max_playbooks=1).reload()
    assert ["taken" in str(result.error) for result in results] == [False, True, False]
    assert "more than 1 playbooks" in str(results[2].error)
    with pytest.raises(ValueError, match="max_playbooks"):
        PlaybookLibrary(tmp_path, max_playbooks=0)


def test_files_tell_what_is_in_use_and_what_is_wrong(tmp_path: Path) -> None:
    write(tmp_path / "one.yaml", "telecom")
    (tmp_path / "two.yaml").write_text("name: [", encoding="utf-8")
    library = PlaybookLibrary(tmp_path)
    library.reload()
    good = (tmp_path / "one.yaml").read_text(encoding="utf-8")
    (tmp_path / "one.yaml").write_text("name: [", encoding="utf-8")
    library.reload()
    one, two = library.files()
    assert one.playbook is library.get("telecom")
    assert (one.text, one.error is None) == (good, False)
    assert (two.playbook, two.text, two.error is None) == (None, "", False)


def test_a_file_that_never_was_good_can_run_with_an_older_text(tmp_path: Path) -> None:
    path = tmp_path / "one.yaml"
    write(path, "telecom")
    good = path.read_text(encoding="utf-8")
    path.write_text("name: [", encoding="utf-8")
    library = PlaybookLibrary(tmp_path)
    library.reload()
    library.restore(path, good)
    assert library.get("telecom").name == "telecom"
    assert library.files()[0].error is not None
    assert library.reload() == []
    with pytest.raises(PlaybookError):
        library.restore(path, "name: [")
