"""``livecue demo``: see it work with one command."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli.console import DataDir, errors_console, load_settings, report, run

if TYPE_CHECKING:
    from gateway.demo import DemoLogin, DemoProgress
    from gateway.settings import Settings


SEES = {
    "agent": "the desk of the agent who takes the calls: begin here",
    "supervisor": "every call, as a team lead",
    "admin": "everything",
}
"""Log-ins worth showing, by role."""


def demo(
    files: Annotated[list[Path] | None, typer.Argument(help="Recordings; default: the bundled calls.")] = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; a free one if it is taken.")] = None,
    speed: Annotated[float, typer.Option(min=0, help="1 is real time; 0 as fast as possible.")] = 1.0,
    once: Annotated[bool, typer.Option("--once", help="Play every call once and stop.")] = False,
    wait: Annotated[
        float, typer.Option(min=0, help="Longest wait in seconds for somebody to log in before the first call.")
    ] = 60.0,
    smoke: Annotated[
        bool, typer.Option("--smoke", help="Play one call as fast as possible; succeed if cues arrived.")
    ] = False,
    data_dir: DataDir = None,
) -> None:
    """Start a service of its own and play calls into it."""
    settings = load_settings(host=host, port=port, data_dir=data_dir)
    if smoke:
        with TemporaryDirectory(prefix="livecue-smoke-") as directory:
            fresh = settings.model_copy(update={"data_dir": Path(directory), "store": "", "bus": "memory", "port": 0})
            run(lambda: _smoke(fresh, files))
        return
    own = settings.model_copy(update={"data_dir": settings.data_dir / "demo", "store": "", "bus": "memory"})
    run(lambda: _demo(own, files, speed=speed, once=once, wait_s=wait))


async def _demo(settings: Settings, files: list[Path] | None, *, speed: float, once: bool, wait_s: float) -> None:
    from gateway.bundled import demo_calls
    from gateway.demo import DemoPlan, run_demo
    from gateway.logs import quieten_logs

    quieten_logs(settings.log)
    console = errors_console()
    with console.status("Loading the recogniser …") as status:

        def show(progress: DemoProgress) -> None:
            status.update(status_line(progress))

        def ready(url: str, logins: Sequence[DemoLogin]) -> None:
            _show_logins(url, logins, wait_s)

        plan = DemoPlan(recordings=tuple(files or demo_calls()), speed=speed, once=once, wait_s=wait_s)
        await run_demo(settings, plan, on_ready=ready, on_progress=show, on_failure=report)
    console.print(f"Stopped. The calls stay in {settings.data_dir} and are there again at the next start.")


async def _smoke(settings: Settings, files: list[Path] | None) -> None:
    from gateway.bundled import demo_calls
    from gateway.demo import DemoPlan, require_cues, run_demo
    from gateway.logs import quieten_logs

    quieten_logs(settings.log)
    plan = DemoPlan(recordings=tuple(files or demo_calls())[:1], speed=0, once=True)
    progress = await run_demo(
        settings, plan, on_ready=lambda url, logins: None, on_progress=lambda _: None, on_failure=report
    )
    require_cues(progress)
    errors_console().print(status_line(progress))


def status_line(progress: DemoProgress) -> str:
    """What is going on, on one line."""
    if not progress.calls:
        return "Waiting for you to log in …" if progress.url else "Loading the recogniser …"
    events = progress.events
    return (
        f"Call {progress.calls}: {progress.title} · {events['utterance']} utterances"
        f" · {events['prompt']} prompts · {events['flag']} flags"
    )


def _show_logins(url: str, logins: Sequence[DemoLogin], wait_s: float) -> None:
    from rich.panel import Panel

    rows = "\n".join(
        f"{login.name:<11} [bold]{login.password:<17}[/] {SEES[login.role]}" for login in logins if login.role in SEES
    )
    text = (
        f"Open  [bold]{url}[/]  and log in; passwords are new at every start.\n\n{rows}\n\n"
        f"The first call starts when you have logged in, or after {wait_s:.0f} s; calls keep coming, one at a time.\n"
        "Stop with Ctrl+C."
    )
    errors_console().print(Panel(text, title="Livecue demo", expand=False, padding=(1, 2)), soft_wrap=False)
