"""What a process uses."""

from __future__ import annotations

import os
from pathlib import Path

from bench.processes import PAGE_BYTES, TICKS_PER_S, ProcessUse, busy_cpu_s, read_tree


def process(proc: Path, pid: int, *, name: str, utime: int, stime: int, pages: int, children: str = "") -> None:
    rest = ["S", *(["0"] * 10), str(utime), str(stime), *(["0"] * 4), "3", *(["0"] * 3), str(pages), "0"]
    task = proc / str(pid) / "task" / str(pid)
    task.mkdir(parents=True)
    (proc / str(pid) / "stat").write_text(f"{pid} ({name}) {' '.join(rest)}\n", encoding="ascii")
    (task / "children").write_text(children, encoding="ascii")


def test_children_count_with_their_parent(tmp_path: Path) -> None:
    process(tmp_path, 10, name="a (b) c", utime=200, stime=100, pages=50, children="11 12 ")
    process(tmp_path, 11, name="child", utime=100, stime=0, pages=25)
    assert read_tree(10, tmp_path) == ProcessUse(400 / TICKS_PER_S, 75 * PAGE_BYTES, 6)


def test_process_that_is_gone_uses_nothing(tmp_path: Path) -> None:
    assert read_tree(99, tmp_path) == ProcessUse(0.0, 0, 0)


def test_machine_is_busy_with_all_but_idle_and_waiting(tmp_path: Path) -> None:
    (tmp_path / "stat").write_text("cpu  100 20 30 9999 999 4 5 0 0 0\ncpu0 1 1 1 1 1 1 1 0 0 0\n", encoding="ascii")
    assert busy_cpu_s(tmp_path) == 159 / TICKS_PER_S


def test_own_process_is_read_from_this_system() -> None:
    use = read_tree(os.getpid())
    assert use.cpu_s > 0
    assert use.rss_bytes > 10 * 2**20
