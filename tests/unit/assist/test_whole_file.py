"""Files that appear whole or not at all."""

import os
from contextlib import suppress
from pathlib import Path
from stat import S_IMODE

import pytest

from assist.whole_file import whole_file


def test_content_is_there_once_the_block_ends_and_nothing_lies_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    with whole_file(path) as file:
        file.write(b"new")
        file.flush()
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_what_fails_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    with suppress(RuntimeError), whole_file(path) as file:
        file.write(b"ne")
        raise RuntimeError
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    target, link = tmp_path / "elsewhere" / "target", tmp_path / "link"
    target.write_bytes(b"old")
    link.symlink_to(target)
    with whole_file(link) as file:
        file.write(b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"


@pytest.mark.parametrize("mode", [0o600, 0o644])
def test_rights_are_as_asked_and_never_more(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "file"
    before = os.umask(0)
    try:
        with whole_file(path, mode=mode) as file:
            assert S_IMODE(os.fstat(file.fileno()).st_mode) == 0o600
    finally:
        os.umask(before)
    assert S_IMODE(path.stat().st_mode) == mode


def test_rights_that_nobody_asked_for_are_the_processs(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        with whole_file(tmp_path / "file"):
            pass
    finally:
        os.umask(before)
    assert S_IMODE((tmp_path / "file").stat().st_mode) == 0o640


def test_a_file_that_came_meanwhile_stays_where_it_is_to_be_kept(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with whole_file(path, keeps_old=True) as file:
        file.write(b"second")
        path.write_bytes(b"first")
    assert path.read_bytes() == b"first"
    assert list(tmp_path.iterdir()) == [path]
