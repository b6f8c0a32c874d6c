"""``livecue serve``: the service in the foreground."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli.console import DataDir, errors_console, load_settings, run

if TYPE_CHECKING:
    from gateway.first_run import Credentials
    from gateway.settings import Settings


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 takes a free one.")] = None,
    data_dir: DataDir = None,
) -> None:
    """Run the service until it is stopped."""
    settings = load_settings(host=host, port=port, data_dir=data_dir)
    run(lambda: _serve(settings))


async def _serve(settings: Settings) -> None:
    from gateway.first_run import prepare_first_run
    from gateway.listening import bind
    from gateway.logs import configure_logs
    from gateway.server import serve as serve_service
    from gateway.wiring import open_service

    configure_logs(settings.log)
    with bind(settings.host, settings.port) as listener:
        async with open_service(settings) as service:
            credentials = await prepare_first_run(service.accounts, settings.cli_key_path)
            if credentials is not None:
                show_credentials(credentials, settings.cli_key_path)
            await serve_service(service, listener=listener, on_listening=_say_where)


def show_credentials(credentials: Credentials, key_path: Path) -> None:
    """The box that is shown once; written to the terminal, never to the log."""
    from rich.panel import Panel

    text = (
        f"User      [bold]{credentials.name}[/]\n"
        f"Password  [bold]{credentials.password}[/]\n"
        f"API key   [bold]{credentials.api_key}[/]\n\n"
        f"The key is also in {key_path} for this machine's commands.\n"
        "Add people with [bold]livecue users add[/], phone platforms with [bold]livecue keys add[/]."
    )
    panel = Panel(text, title="First run: shown only once", expand=False, padding=(1, 2))
    errors_console().print(panel, soft_wrap=False)


def _say_where(url: str) -> None:
    errors_console().print(f"Livecue serves at [bold]{url}[/]; stop it with Ctrl+C.")
