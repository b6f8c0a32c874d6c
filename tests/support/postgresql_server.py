"""A real PostgreSQL server on a loopback port of its own."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

from tests.support.kept_port import kept_port

DEBIAN_PROGRAMS = Path("/usr/lib/postgresql")
PARAMETERS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "shared_buffers": "16MB",
    "max_connections": "60",
    "dynamic_shared_memory_type": "mmap",
}
SUPERUSER = "livecue"
ACCOUNT = "postgres"
"""Who runs it where the tests run as root, which PostgreSQL refuses; Debian's package makes the account."""


class PostgresqlServer:
    """Starts and stops a server of its own; keeps its port and its files between starts, until ``remove``."""

    def __init__(self) -> None:
        self._programs = _programs()
        self._account = pwd.getpwnam(ACCOUNT) if os.geteuid() == 0 else None
        # Not among the tests' own directories: another account could not enter them.
        self._directory = Path(tempfile.mkdtemp(prefix="livecue-postgresql-"))
        if self._account is not None:
            os.chown(self._directory, self._account.pw_uid, self._account.pw_gid)
        self._files = self._directory / "data"
        self._databases = 0
        self.port = kept_port()
        # Small segments of the write-ahead log leave room below them for ``limit_files``.
        names = ("--username", SUPERUSER, "--encoding=UTF8", "--locale=C.UTF-8")
        self._run("initdb", *names, "--auth=trust", "--no-sync", "--wal-segsize=1")

    def url(self, database: str) -> str:
        return f"postgresql+asyncpg://{SUPERUSER}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Return once it accepts connections."""
        parameters = " ".join(f"-c {name}='{value}'" for name, value in {**PARAMETERS, "port": self.port}.items())
        self._run("pg_ctl", "start", "--wait", "--options", parameters, "--log", str(self._directory / "log"))

    def stop(self) -> None:
        """Refuse connections, and break off those that are open."""
        self._run("pg_ctl", "stop", "--wait", "--mode", "fast")

    def kill(self) -> None:
        """As if the power went; the next start repairs what was being written."""
        self._run("pg_ctl", "stop", "--wait", "--mode", "immediate")

    def limit_files(self, size_bytes: int) -> None:
        """Make the kernel refuse the server to let a file grow beyond that, as a full disk does; -1: nothing."""
        limit = "unlimited" if size_bytes < 0 else str(size_bytes)
        self._tell_processes(lambda process: ("prlimit", "--pid", process, f"--fsize={limit}:"))

    def freeze(self) -> None:
        """Answer nothing any more, as behind a cable that was cut; connections stay open."""
        self._tell_processes(lambda process: ("kill", "-STOP", process))

    def thaw(self) -> None:
        self._tell_processes(lambda process: ("kill", "-CONT", process))

    def _tell_processes(self, command: Callable[[str], tuple[str, ...]]) -> None:
        """By the server's own account: another one's processes may not be limited, not even by every root."""
        for process in self._processes():
            try:
                self._start("/usr/bin/env", *command(process))
            except RuntimeError:
                # One that serves nobody any more may end meanwhile.
                if Path(f"/proc/{process}").exists():
                    raise

    def _processes(self) -> list[str]:
        """The postmaster and its children, which serve the connections."""
        first = (self._files / "postmaster.pid").read_text().splitlines()[0]
        children = Path(f"/proc/{first}/task/{first}/children").read_text().split()
        return [first, *children]

    def create_database(self, *, template: str = "template1") -> str:
        """The name of a new one, with all that is in the template, to which nobody may be connected."""
        self._databases += 1
        name = f"livecue_{self._databases}"
        self._client("createdb", "--template", template, name)
        return name

    def remove_database(self, name: str) -> None:
        """With every connection to it."""
        self._client("dropdb", "--force", name)

    def query(self, database: str, statement: str) -> list[str]:
        """Rows of a statement, each as text with | between columns."""
        return self._client("psql", "--no-align", "--tuples-only", "--command", statement, database).splitlines()

    def remove(self) -> None:
        """Stop for good."""
        if (self._files / "postmaster.pid").exists():
            self.kill()
        shutil.rmtree(self._directory)

    def _client(self, program: str, *arguments: str) -> str:
        address = ("--host", "127.0.0.1", "--port", str(self.port), "--username", SUPERUSER)
        return self._start(program, *address, *arguments)

    def _run(self, program: str, *arguments: str) -> None:
        self._start(program, "--pgdata", str(self._files), *arguments)

    def _start(self, program: str, *arguments: str) -> str:
        # Not into a pipe: the server inherits what pg_ctl writes to, and would keep it open.
        with tempfile.TemporaryFile("w+") as output:
            status = subprocess.run(
                [self._programs / program, *arguments],
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=self._directory,
                user=self._account.pw_uid if self._account else None,
                group=self._account.pw_gid if self._account else None,
                extra_groups=[] if self._account else None,
                env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": str(self._directory)},
            ).returncode
            output.seek(0)
            said = output.read()
        if status:
            raise RuntimeError(f"{program} failed:\n{said}")
        return said


def _programs() -> Path:
    """The directory of the newest PostgreSQL; Debian keeps its servers off PATH."""
    found = sorted(DEBIAN_PROGRAMS.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    program = shutil.which("initdb")
    if program is None:
        raise RuntimeError("PostgreSQL is not installed; `make test` installs Debian's postgresql package.")
    return Path(program).parent


@contextmanager
def running_postgresql() -> Generator[PostgresqlServer]:
    """A real PostgreSQL, gone with everything in it at the end."""
    server = PostgresqlServer()
    try:
        server.start()
        yield server
    finally:
        server.remove()


@contextmanager
def empty_database(server: PostgresqlServer) -> Generator[str]:
    """The address of a new database of the server, gone at the end."""
    name = server.create_database()
    yield server.url(name)
    server.remove_database(name)
