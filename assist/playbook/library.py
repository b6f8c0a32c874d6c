"""Named playbooks from a directory; a broken edit never takes a working playbook away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assist.errors import PlaybookError
from assist.playbook.model import Playbook
from assist.playbook.parse import load_playbook

PATTERN = "*.yaml"


@dataclass(frozen=True, slots=True)
class ReloadResult:
    """What became of one file: a playbook is in use now (``playbook``), or the file could not be used (``error``)."""

    path: Path
    playbook: Playbook | None
    error: PlaybookError | None


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
        self._failed: dict[Path, str] = {}

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
        twin._failed = dict(self._failed)
        return twin

    def names(self) -> Sequence[str]:
        """Names in use, sorted."""
        return sorted(playbook.name for playbook in self._by_path.values())

    def reload(self) -> list[ReloadResult]:
        """Read the directory; a result for every file that changed or newly fails, in the order of their names.

        A file that is gone takes its playbook with it.
        """
        paths = sorted(self._directory.glob(PATTERN))
        for gone in set(self._by_path) - set(paths):
            del self._by_path[gone]
        for gone in set(self._failed) - set(paths):
            del self._failed[gone]
        results = [self._reload_file(path) for path in paths]
        return [result for result in results if result is not None]

    def _reload_file(self, path: Path) -> ReloadResult | None:
        try:
            playbook = load_playbook(path)
            self._check_room(path, playbook)
        except PlaybookError as error:
            if self._failed.get(path) == error.message:
                return None
            self._failed[path] = error.message
            return ReloadResult(path, None, error)
        was_failing = self._failed.pop(path, None) is not None
        known = self._by_path.get(path)
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
