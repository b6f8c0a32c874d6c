"""Named playbooks from a directory; a broken edit never takes a working playbook away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assist.errors import PlaybookError
from assist.playbook.file import read_playbook
from assist.playbook.model import Playbook
from assist.playbook.parse import parse_playbook

PATTERN = "*.yaml"


@dataclass(frozen=True, slots=True)
class ReloadResult:
    """What became of one file: a playbook is in use now (``playbook``), or the file could not be used (``error``)."""

    path: Path
    playbook: Playbook | None
    error: PlaybookError | None


@dataclass(frozen=True, slots=True)
class PlaybookFile:
    """One file as it stands: what is in use of it, and what is wrong with it now."""

    path: Path
    playbook: Playbook | None
    """Its last good version; None: it never had one."""
    text: str
    """Of ``playbook``."""
    error: PlaybookError | None
    """Why the file as it is now is not in use."""


class PlaybookLibrary:
    """The playbooks of a directory, by name.

    ``reload`` reads what changed. A file that cannot be used leaves its last good playbook in place; calls in progress
    keep the ``Playbook`` they hold in any case. Reads files when told to and at no other time; single thread.
    """

    def __init__(self, directory: Path, *, default: str = "", max_playbooks: int = 100) -> None:
        """``default`` is the name that ``get(None)`` means; empty: the only playbook, if there is just one."""
        if max_playbooks < 1:
            raise ValueError("max_playbooks must be at least 1")
        self._directory = directory
        self._default = default
        self._max_playbooks = max_playbooks
        self._by_path: dict[Path, Playbook] = {}
        self._texts: dict[Path, str] = {}
        self._failed: dict[Path, PlaybookError] = {}

    def get(self, name: str | None = None) -> Playbook:
        """The playbook of a name. Raises PlaybookError "unknown-playbook"."""
        wanted = name or self._default
        known = {playbook.name: playbook for playbook in self._by_path.values()}
        if not wanted and len(known) == 1:
            return next(iter(known.values()))
        if wanted not in known:
            names = ", ".join(sorted(known)) or "none"
            raise PlaybookError(f"no playbook {wanted!r}; known are {names}", code="unknown-playbook")
        return known[wanted]

    def copy(self) -> PlaybookLibrary:
        """A library with the same playbooks, to be reloaded elsewhere and put in this one's place."""
        twin = PlaybookLibrary(self._directory, default=self._default, max_playbooks=self._max_playbooks)
        twin._by_path = dict(self._by_path)
        twin._texts = dict(self._texts)
        twin._failed = dict(self._failed)
        return twin

    def files(self) -> Sequence[PlaybookFile]:
        """Every file, by path."""
        return [
            PlaybookFile(path, self._by_path.get(path), self._texts.get(path, ""), self._failed.get(path))
            for path in sorted({*self._by_path, *self._failed})
        ]

    def restore(self, path: Path, text: str) -> Playbook:
        """Use a text in place of a file that has no good version. Raises PlaybookError; the file stays broken."""
        playbook = parse_playbook(text, str(path))
        self._check_room(path, playbook)
        self._by_path[path], self._texts[path] = playbook, text
        return playbook

    def names(self) -> Sequence[str]:
        """Names in use, sorted."""
        return sorted(playbook.name for playbook in self._by_path.values())

    def reload(self) -> list[ReloadResult]:
        """Read the directory; a result for every file that changed or newly fails, in the order of their names.

        A file that is gone takes its playbook with it.
        """
        paths = sorted(self._directory.glob(PATTERN))
        for gone in set(self._by_path) - set(paths):
            del self._by_path[gone], self._texts[gone]
        for gone in set(self._failed) - set(paths):
            del self._failed[gone]
        results = [self._reload_file(path) for path in paths]
        return [result for result in results if result is not None]

    def _reload_file(self, path: Path) -> ReloadResult | None:
        try:
            text = read_playbook(path)
            playbook = parse_playbook(text, str(path))
            self._check_room(path, playbook)
        except PlaybookError as error:
            failed = self._failed.get(path)
            self._failed[path] = error
            if failed is not None and failed.message == error.message:
                return None
            return ReloadResult(path, None, error)
        was_failing = self._failed.pop(path, None) is not None
        known, self._texts[path] = self._by_path.get(path), text
        if known is not None and known.digest == playbook.digest and not was_failing:
            return None
        self._by_path[path] = playbook
        return ReloadResult(path, playbook, None)

    def _check_room(self, path: Path, playbook: Playbook) -> None:
        for other, known in self._by_path.items():
            if other != path and known.name == playbook.name:
                raise PlaybookError(f"the name {playbook.name!r} is already taken by {other.name}", path=str(path))
        if path not in self._by_path and len(self._by_path) >= self._max_playbooks:
            raise PlaybookError(f"more than {self._max_playbooks} playbooks in one directory", path=str(path))
