"""How many recognisers a machine gets."""

from __future__ import annotations

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import get_native_id

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.threads import INFERENCE_NICENESS, MAX_WORKERS, Cores, choose_layout, cpu_quota, detect_cores, give_way


@pytest.mark.parametrize(
    ("cores", "workers"),
    [
        (Cores(logical=1, physical=1), 1),
        (Cores(logical=2, physical=2), 2),
        (Cores(logical=2, physical=1), 2),
        (Cores(logical=8, physical=4), 4),
        (Cores(logical=64, physical=32), MAX_WORKERS),
        (Cores(logical=64, physical=32, quota=2.0), 2),
        (Cores(logical=4, physical=4, quota=0.5), 1),
    ],
)
def test_every_core_that_may_be_used_gets_a_worker_of_one_thread(cores: Cores, workers: int) -> None:
    layout = choose_layout(cores, on_gpu=False)
    assert (layout.workers, layout.threads) == (workers, 1)


def test_a_gpu_is_fed_by_one_worker() -> None:
    assert choose_layout(Cores(logical=64, physical=32), on_gpu=True).workers == 1


@given(st.integers(1, 16), st.integers(1, 16), st.booleans())
def test_what_is_set_is_taken(workers: int, threads: int, on_gpu: bool) -> None:
    layout = choose_layout(Cores(logical=4, physical=4), on_gpu=on_gpu, workers=workers, threads=threads)
    assert (layout.workers, layout.threads, layout.total) == (workers, threads, workers * threads)


def test_the_reason_names_cores_quota_and_who_chose() -> None:
    layout = choose_layout(Cores(logical=8, physical=4, quota=2.5), on_gpu=False)
    assert layout.reason == "CPU with 4 cores (8 logical, 2.5 by the container's quota); chosen by the machine"


def write(root: Path, files: dict[str, str]) -> Path:
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content)
    return root


def test_the_tightest_limit_around_a_group_counts(tmp_path: Path) -> None:
    root = write(tmp_path, {"a/cpu.max": "150000 100000", "a/b/cpu.max": "max 100000", "cpu.max": "400000 100000"})
    assert cpu_quota(root, "0::/a/b") == 1.5


def test_a_container_sees_its_own_group_as_the_root(tmp_path: Path) -> None:
    assert cpu_quota(write(tmp_path, {"cpu.max": "200000 100000\n"}), "0::/") == 2.0


def test_version_1_of_control_groups_is_read_too(tmp_path: Path) -> None:
    files = {"cpu/box/cpu.cfs_quota_us": "300000", "cpu/box/cpu.cfs_period_us": "100000"}
    root = write(tmp_path, {**files, "cpu/cpu.cfs_quota_us": "-1", "cpu/cpu.cfs_period_us": "100000"})
    assert cpu_quota(root, "3:cpuset:/box\n4:cpu,cpuacct:/box\n0::/") == 3.0


@pytest.mark.parametrize("own", ["", "0::/", "1:cpu:/", "0::/gone"])
def test_without_limit_there_is_none(tmp_path: Path, own: str) -> None:
    assert cpu_quota(tmp_path, own) is None


def test_this_machine_has_cores() -> None:
    cores = detect_cores()
    assert 1 <= cores.physical <= cores.logical
    assert cores.usable >= 1


def niceness() -> int:
    return os.getpriority(os.PRIO_PROCESS, get_native_id())


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a niceness of threads")
def test_inference_gives_way_and_so_do_the_threads_it_starts_and_no_others() -> None:
    before = niceness()
    lower = min(before + INFERENCE_NICENESS, 19)
    with ThreadPoolExecutor(1, initializer=give_way) as loading:
        assert loading.submit(niceness).result() == lower
        with loading.submit(ThreadPoolExecutor, 1).result() as started:
            assert loading.submit(lambda: started.submit(niceness).result()).result() == lower
    assert niceness() == before
