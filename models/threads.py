"""How many recognisers run at the same time, and with how many threads each: by the machine, unless told otherwise."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

MAX_WORKERS = 8
"""One event loop feeds them all: it runs the voice detector of every lane, and that alone fills a core by then."""

INFERENCE_NICENESS = 10
"""A tenth of the processor time of what competes with it; alone it has all."""

_CGROUPS = Path("/sys/fs/cgroup")
_CPUS = Path("/sys/devices/system/cpu")
_OWN_CGROUP = Path("/proc/self/cgroup")


@dataclass(frozen=True, slots=True)
class Cores:
    """What this process may use of the machine."""

    logical: int
    """Processors it may be scheduled on."""
    physical: int
    """Of these, cores of their own: two hyper-threads share one set of arithmetic units."""
    quota: float | None = None
    """Processors' worth of time that a container is given; None without a limit."""

    @property
    def usable(self) -> int:
        """Cores that arithmetic can keep busy; two hyper-threads of the only core still make two workers."""
        cores = max(self.physical, min(self.logical, 2))
        return max(1, cores if self.quota is None else min(cores, int(self.quota)))


@dataclass(frozen=True, slots=True)
class ThreadLayout:
    """Workers of the engine, replicas of the model, and threads of each."""

    workers: int
    threads: int
    reason: str
    """Why, for people."""

    @property
    def total(self) -> int:
        return self.workers * self.threads


def choose_layout(cores: Cores, *, on_gpu: bool, workers: int = 0, threads: int = 0) -> ThreadLayout:
    """The layout for a machine; 0 leaves a number to it.

    On a CPU every core gets a worker of one thread: a decoding step is too small to be shared, so that two threads
    take longer for it than one (docs/asr.md). On a GPU one worker keeps it busy with batches.
    """
    chosen = workers or (1 if on_gpu else min(MAX_WORKERS, cores.usable))
    limit = "" if cores.quota is None else f", {cores.quota:g} by the container's quota"
    place = "GPU" if on_gpu else f"CPU with {cores.physical} cores ({cores.logical} logical{limit})"
    by = "as set" if workers or threads else "chosen by the machine"
    return ThreadLayout(chosen, threads or 1, f"{place}; {by}")


def has_gpu() -> bool:
    """Whether CTranslate2 finds a CUDA device."""
    import ctranslate2  # native and heavy: only for who asks

    return int(cast("Any", ctranslate2).get_cuda_device_count()) > 0


def runs_on_gpu(device: str) -> bool:
    """Whether a device of the settings, "cpu", "cuda" or "auto", is a GPU here."""
    return device == "cuda" or (device == "auto" and has_gpu())


def compute_here(compute: str, device: str) -> str:
    """The arithmetic that "auto" of the settings means here: what is quickest without loss of accuracy."""
    if compute != "auto":
        return compute
    return "float16" if runs_on_gpu(device) else "int8"


def layout_here(device: str, *, workers: int = 0, threads: int = 0) -> ThreadLayout:
    """The layout for this machine and a device of the settings: "cpu", "cuda" or "auto"."""
    return choose_layout(detect_cores(), on_gpu=runs_on_gpu(device), workers=workers, threads=threads)


def calm_array_threads() -> None:
    """Give array operations no threads of their own; works only before numpy is imported.

    Features are computed with small matrices, for which BLAS wakes one thread per core and lets it spin: the features
    of 6 s of speech took 12 ms of processor time with them and 3 ms without, on two cores.
    """
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")


def detect_cores() -> Cores:
    """The cores of this machine that this process may use."""
    allowed = allowed_cpus()
    siblings = (_read(_CPUS / f"cpu{cpu}" / "topology" / "thread_siblings_list") or str(cpu) for cpu in allowed)
    return Cores(len(allowed), len(set(siblings)), cpu_quota(_CGROUPS, _read(_OWN_CGROUP)))


def allowed_cpus() -> tuple[int, ...]:
    """Numbers of the processors that the scheduler may give to this process."""
    if hasattr(os, "sched_getaffinity"):
        return tuple(sorted(os.sched_getaffinity(0)))
    return tuple(range(os.cpu_count() or 1))


def cpu_quota(root: Path, own: str) -> float | None:
    """The tightest CPU limit of a control group and those around it, in processors; None without one.

    ``own`` is the content of ``/proc/self/cgroup``. Version 2 has ``cpu.max`` per group, version 1 two files.
    """
    quotas: list[float] = []
    for line in own.splitlines():
        number, controllers, path = line.split(":", 2)
        if number == "0":
            texts = (_read(group / "cpu.max") for group in _groups(root, path))
        elif "cpu" in controllers.split(","):
            files = ("cpu.cfs_quota_us", "cpu.cfs_period_us")
            texts = (" ".join(_read(group / file) for file in files) for group in _groups(root / "cpu", path))
        else:
            continue
        quotas += [quota for text in texts if (quota := _quota(text)) is not None]
    return min(quotas, default=None)


def _groups(root: Path, path: str) -> Iterable[Path]:
    """A group and all around it, up to the root."""
    group = root / path.lstrip("/")
    return (group, *(parent for parent in group.parents if parent.is_relative_to(root)))


def _quota(text: str) -> float | None:
    match text.split():
        case [quota, period] if quota.isdigit() and period.isdigit() and int(period):
            return int(quota) / int(period)
        case _:
            return None


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except OSError:
        return ""


def give_way() -> None:
    """Let the calling thread, and those that it starts, work when the process has nothing more urgent to do.

    Sockets are answered in time however much there is to recognise: a woken event loop does not wait for a processor.
    For threads of inference alone, and for good; on Linux, where a thread has a niceness of its own.
    """
    if sys.platform == "linux":
        thread = threading.get_native_id()
        with suppress(OSError):  # a sandbox may forbid it; then all threads are alike
            niceness = os.getpriority(os.PRIO_PROCESS, os.getpid()) + INFERENCE_NICENESS
            os.setpriority(os.PRIO_PROCESS, thread, max(os.getpriority(os.PRIO_PROCESS, thread), niceness))
