"""The one writer of a playbook directory: publishes, rolls back, and keeps every text that ran as a version."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from stat import S_IMODE
from typing import Literal

from assist.errors import InputError, NotFoundError, PlaybookError, StoreError, UnavailableError
from assist.playbook import Playbook, PlaybookFile, ReloadResult, read_playbook
from assist.stores.accounts import User
from assist.stores.playbooks import Arrival, Draft, Origin, PlaybookStore, PlaybookVersion
from assist.whole_file import whole_file
from gateway.playbooks import LivePlaybooks

log = logging.getLogger(__name__)

State = Literal["running", "kept", "broken", "draft", "retired"]

NEW_FILE_MODE = 0o644
"""Of a playbook that had no file: as readable as one that was put there."""

_NAME_LINE = re.compile(r"^name:[ \t]*[\"']?([a-z][a-z0-9_-]{0,63})\b", re.MULTILINE)
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,63}")


@dataclass(frozen=True, slots=True)
class PlaybookEntry:
    """A playbook as its editors see it."""

    name: str
    state: State
    """``kept``: the file is broken, the last good version runs on; ``retired``: its file is gone."""
    path: Path | None
    running: Playbook | None
    error: PlaybookError | None
    """Why the file is not in use."""
    newest: PlaybookVersion | None
    draft: Draft | None

    @property
    def base(self) -> int:
        """Number that an edit begun now is based on; 0 where there is no version."""
        return self.newest.number if self.newest else 0


class Publishing:
    """Changes playbooks and remembers what they were.

    A file is written only here and by people with an editor; whatever they write becomes a version, too, when it is
    read. Changes and reading take turns, so that no version is kept twice or under the wrong author.
    """

    def __init__(self, playbooks: LivePlaybooks, store: PlaybookStore, directory: Path) -> None:
        self._playbooks = playbooks
        self._store = store
        self._directory = directory
        self._turn = asyncio.Lock()

    # --- reading ---------------------------------------------------------------------------------------------------

    async def reload(self) -> Sequence[ReloadResult]:
        """Read the directory again and keep what is new. A store that cannot serve costs history, not playbooks."""
        async with self._turn:
            results = await self._playbooks.reload()
            try:
                await self._restore()
                await self._keep()
            except StoreError as error:
                log.error("versions of playbooks are not kept", extra={"code": error.code, "reason": error.message})
            return results

    async def entries(self) -> Sequence[PlaybookEntry]:
        """Every playbook that runs, ran, or is being written, by name."""
        newest, drafts = await self._store.newest(), {draft.name: draft for draft in await self._store.drafts()}
        files: dict[str, PlaybookFile] = {}
        for file in self._playbooks.files():
            files.setdefault(await self._name_of(file), file)
        names = sorted({*files, *newest, *drafts})
        versions = {name: version for name, (version, _) in newest.items()}
        return [_entry(name, files.get(name), versions.get(name), drafts.get(name)) for name in names]

    async def entry(self, name: str) -> PlaybookEntry:
        """One of them. Raises NotFoundError "unknown-playbook"."""
        found = next((entry for entry in await self.entries() if entry.name == name), None)
        if found is None:
            raise NotFoundError(f"No playbook is called {name!r}.", code="unknown-playbook")
        return found

    async def versions(self, name: str) -> Sequence[PlaybookVersion]:
        """The latest versions of a playbook, newest first."""
        return await self._store.versions(name)

    async def text(self, name: str, which: str) -> str:
        """A text of a playbook: "file" as it is on the disk, "draft", or the number of a version.

        Raises NotFoundError "unknown-version", PlaybookError for a file that is not text.
        """
        text: str | None = None
        if which == "file":
            entry = await self.entry(name)
            text = None if entry.path is None else await asyncio.to_thread(read_playbook, entry.path)
        elif which == "draft":
            draft = await self._store.draft(name)
            text = draft.text if draft else None
        elif which.isascii() and which.isdigit() and len(which) < 10:
            text = await self._store.text(name, int(which))
        if text is None:
            raise NotFoundError(f"The playbook {name!r} has no text {which!r}.", code="unknown-version")
        return text

    # --- changing --------------------------------------------------------------------------------------------------

    async def save_draft(self, name: str, text: str, *, base: int, after: int, author: User) -> Draft:
        """See ``PlaybookStore.save_draft``. Raises InputError "bad-playbook-name", "draft-changed"."""
        if not _NAME.fullmatch(name):
            raise InputError(
                "A name has small letters, digits, - and _, and begins with a letter.", code="bad-playbook-name"
            )
        return await self._store.save_draft(name, text, base=base, after=after, author=author)

    async def remove_draft(self, name: str, *, after: int) -> None:
        """Raises InputError "draft-changed"."""
        await self._store.remove_draft(name, after=after)

    async def taken_by(self, playbook: Playbook) -> int | None:
        """Number of a version that calls itself as this one does and says something else."""
        return await self._store.number_taken(playbook.name, playbook.version, playbook.digest)

    async def publish(self, playbook: Playbook, text: str, *, base: int, author: User, note: str) -> PlaybookVersion:
        """Write a playbook's file; its draft is done with. ``text`` is what ``playbook`` was parsed from.

        Raises InputError "playbook-changed" when there is a newer version than ``base``, "version-taken",
        "file-exists"; UnavailableError "playbook-not-written".
        """
        async with self._turn:
            taken = await self.taken_by(playbook)
            if taken is not None:
                raise InputError(
                    f"Version {playbook.version!r} is already in use for other content (no. {taken}); raise it.",
                    code="version-taken",
                )
            version = await self._write(playbook, text, base, "published", author, note)
        await self._store.remove_draft(playbook.name)
        return version

    async def roll_back(self, playbook: Playbook, text: str, *, base: int, author: User, note: str) -> PlaybookVersion:
        """Write the text of an earlier version again; ``text`` is what ``playbook`` was parsed from.

        Raises as ``publish`` does, but that the version is taken.
        """
        async with self._turn:
            return await self._write(playbook, text, base, "rolled-back", author, note)

    async def _write(
        self, playbook: Playbook, text: str, base: int, origin: Origin, author: User, note: str
    ) -> PlaybookVersion:
        """File and version, both or neither."""
        path = await self._path_for(playbook.name, base)
        arrival = _arrival(playbook, text, origin, path, author=author, note=note)
        try:
            async with self._store.adding(arrival) as version:
                await asyncio.to_thread(_replace, path, text)
        except OSError as error:
            log.error("a playbook could not be written", extra={"file": path.name, "reason": error.strerror})
            raise UnavailableError(
                "The playbook directory cannot be written; the operator can give Livecue the right to.",
                code="playbook-not-written",
            ) from error
        log.info(
            "playbook published",
            extra={"playbook": playbook.reference, "number": version.number, "origin": origin, "by": author.user_id},
        )
        return version

    async def _path_for(self, name: str, base: int) -> Path:
        """The file to write, for an edit that was based on the newest version."""
        entry = next((entry for entry in await self.entries() if entry.name == name), None)
        newest = entry.base if entry else 0
        if newest != base:
            raise InputError(
                f"Version no. {newest} has come into use since you began (from no. {base}); compare with it first.",
                code="playbook-changed",
            )
        if entry is not None and entry.path is not None:
            return entry.path
        path = self._directory / f"{name}.yaml"
        if path.exists():
            raise InputError(f"The file {path.name} belongs to another playbook.", code="file-exists")
        return path

    # --- keeping ---------------------------------------------------------------------------------------------------

    async def _keep(self) -> None:
        """Make versions of texts that came into use from the disk."""
        newest = await self._store.newest()
        for file in self._playbooks.files():
            if file.playbook is None:
                continue
            known = newest.get(file.playbook.name)
            if known is None or known[1] != file.text:
                async with self._store.adding(_arrival(file.playbook, file.text, "file", file.path)):
                    pass

    async def _restore(self) -> None:
        """Let files that have been broken since before the start run with what they ran with last."""
        for file in self._playbooks.files():
            if file.playbook is not None:
                continue
            text = await self._store.last_of_file(file.path.name)
            if text is None:
                continue
            with contextlib.suppress(PlaybookError):
                playbook = await self._playbooks.restore(file.path, text)
                extra = {"file": file.path.name, "playbook": playbook.reference}
                log.warning("a playbook is broken, the version that ran last is in use", extra=extra)

    async def _name_of(self, file: PlaybookFile) -> str:
        """Of what runs of a file, else what the file says, else what the file is called."""
        if file.playbook is not None:
            return file.playbook.name
        with contextlib.suppress(PlaybookError):
            said = _NAME_LINE.search(await asyncio.to_thread(read_playbook, file.path))
            if said is not None:
                return said[1]
        return file.path.stem


def _entry(name: str, file: PlaybookFile | None, newest: PlaybookVersion | None, draft: Draft | None) -> PlaybookEntry:
    if file is None:
        return PlaybookEntry(name, "retired" if newest else "draft", None, None, None, newest, draft)
    state: State = "running" if file.error is None else "broken" if file.playbook is None else "kept"
    return PlaybookEntry(name, state, file.path, file.playbook, file.error, newest, draft)


def _arrival(
    playbook: Playbook, text: str, origin: Origin, path: Path, *, author: User | None = None, note: str = ""
) -> Arrival:
    return Arrival(playbook.name, playbook.version, playbook.digest, origin, path.name, text, author, note)


def _replace(path: Path, text: str) -> None:
    """Write a file whole; whoever could read it still can."""
    mode = S_IMODE(path.stat().st_mode) if path.exists() else NEW_FILE_MODE
    with whole_file(path, mode=mode) as file:
        file.write(text.encode("utf-8"))
