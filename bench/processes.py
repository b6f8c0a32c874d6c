"""What a process uses, from Linux's ``/proc``, children with their parent; and how one is ended."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
TICKS_PER_S = os.sysconf("SC_CLK_TCK")
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class ProcessUse:
    """At one moment."""

    cpu_s: float
    """User and system time since start."""
    rss_bytes: int
    """Resident memory."""
    threads: int

    def __add__(self, other: ProcessUse) -> ProcessUse:
        return ProcessUse(self.cpu_s + other.cpu_s, self.rss_bytes + other.rss_bytes, self.threads + other.threads)


def read_tree(pid: int, proc: Path = PROC) -> ProcessUse:
    """A process and all that came from it and still run; nothing if it is gone."""
    total = ProcessUse(0.0, 0, 0)
    waiting = [pid]
    while waiting:
        number = waiting.pop()
        try:
            fields = _fields(proc / str(number))
            waiting += _children(proc / str(number))
        except (FileNotFoundError, ProcessLookupError):
            continue
        # proc(5): utime, stime, num_threads and rss are fields 14, 15, 20 and 24; these begin with the third
        cpu_s = (int(fields[11]) + int(fields[12])) / TICKS_PER_S
        total += ProcessUse(cpu_s, int(fields[21]) * PAGE_BYTES, int(fields[17]))
    return total


async def end_process(process: asyncio.subprocess.Process, *, within_s: float) -> None:
    """Ask it to end; kill it if it has not by then."""
    if process.returncode is not None:
        return
    process.terminate()
    try:
        async with asyncio.timeout(within_s):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


def busy_cpu_s(proc: Path = PROC) -> float:
    """Time that all cores together have worked since the machine started, for whomever."""
    first = (proc / "stat").read_text(encoding="ascii").splitlines()[0]
    user, nice, system, _idle, _iowait, irq, softirq, *_ = (int(field) for field in first.split()[1:])
    return (user + nice + system + irq + softirq) / TICKS_PER_S


def _fields(directory: Path) -> Sequence[str]:
    """Of ``stat``, after the name, which may hold blanks and brackets."""
    return (directory / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()


def _children(directory: Path) -> Iterator[int]:
    for task in (directory / "task").iterdir():
        yield from (int(pid) for pid in (task / "children").read_text(encoding="ascii").split())
