"""A real redis-server on a loopback port of its own."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tests.support.kept_port import kept_port


class RedisServer:
    """Starts and stops redis-server; keeps its port, and nothing on disk, between starts."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._process: subprocess.Popen[str] | None = None
        self.port = kept_port()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Return once it accepts connections."""
        program = shutil.which("redis-server")
        if program is None:
            raise RuntimeError("redis-server is not on PATH; `make test` installs Debian's redis-server package.")
        arguments = ["--bind", "127.0.0.1", "--port", str(self.port), "--save", "", "--dir", str(self._directory)]
        self._process = subprocess.Popen([program, *arguments], stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        said: list[str] = []
        for line in self._process.stdout:
            said.append(line)
            if "Ready to accept connections" in line:
                return
        raise RuntimeError("redis-server did not start:\n" + "".join(said))

    def stop(self) -> None:
        if self._process is None:
            return
        with self._process as process:
            process.kill()
        self._process = None
