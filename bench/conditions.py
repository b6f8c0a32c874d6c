"""What figures hold for: the machine, what else it was doing, the versions and the settings."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from gateway.settings import Settings
from gateway.version import livecue_version
from models.threads import compute_here, detect_cores, layout_here

LIBRARIES = ("ctranslate2", "faster-whisper", "onnxruntime", "sherpa-onnx", "numpy")
"""Those that change what is measured, as far as they are installed."""


def conditions(settings: Settings) -> Mapping[str, object]:
    """Machine, load, versions and recogniser settings, for the report of every benchmark."""
    asr = settings.asr
    return {
        "cpu": cpu_model(),
        "cores": asdict(detect_cores()),
        "memory_mb": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20,
        "load_average": [round(average, 2) for average in os.getloadavg()],
        "system": platform.platform(),
        "versions": versions(),
        "asr": asr.model_dump(mode="json"),
        "compute": compute_here(asr.compute, asr.device),
        "layout": asdict(layout_here(asr.device, workers=asr.workers, threads=asr.threads)),
    }


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
