"""What figures hold for: the machine, what else it was doing, the versions and the settings."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from gateway.settings import Settings
from gateway.version import livecue_version

LIBRARIES = ("ctranslate2", "faster-whisper", "onnxruntime", "sherpa-onnx", "numpy")
"""Those that change what is measured, as far as they are installed."""


def conditions(settings: Settings) -> Mapping[str, object]:
    """Machine, load, versions and recogniser settings, for the report of every benchmark."""
    return {
        "cpu": cpu_model(),
        "cores": os.cpu_count(),
        "usable_cores": usable_cores(),
        "quota_cores": quota_cores(),
        "memory_mb": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20,
        "load_average": [round(average, 2) for average in os.getloadavg()],
        "system": platform.platform(),
        "versions": versions(),
        "asr": settings.asr.model_dump(mode="json"),
        "limits": settings.limits.model_dump(mode="json"),
    }


def usable_cores() -> int:
    """Cores that this process may run on."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def versions() -> Mapping[str, str]:
    """Of Livecue, Python and the libraries that do the work."""
    found = {"livecue": livecue_version(), "python": platform.python_version()}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def cpu_model() -> str:
    """The processor as Linux names it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def quota_cores(root: Path = Path("/sys/fs/cgroup")) -> float | None:
    """Cores that the control group may use on average, version 2 or 1; None without a quota."""
    try:
        quota, period = (root / "cpu.max").read_text(encoding="ascii").split()
    except (OSError, ValueError):
        try:
            quota = (root / "cpu" / "cpu.cfs_quota_us").read_text(encoding="ascii").strip()
            period = (root / "cpu" / "cpu.cfs_period_us").read_text(encoding="ascii").strip()
        except OSError:
            return None
    return None if quota in ("max", "-1") else round(int(quota) / int(period), 2)
