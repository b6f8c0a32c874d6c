"""``livecue users`` and ``livecue keys``: who may come in."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from gateway.cli.console import AsJson, DataDir, load_settings, print_json, print_table, results_console, run

if TYPE_CHECKING:
    from gateway.auth import Accounts
    from gateway.settings import Settings

users_app = typer.Typer(no_args_is_help=True, help="People who may log in.")
keys_app = typer.Typer(no_args_is_help=True, help="API keys of phone platforms and integrators.")

RoleName = Literal["admin", "agent", "qa", "qa-lead", "trainer", "supervisor"]
Password = Annotated[
    str | None, typer.Option(envvar="LIVECUE_NEW_PASSWORD", help="Password; made up and shown if not given.")
]


@users_app.command("add")
def add_user(
    name: str,
    role: Annotated[RoleName, typer.Option(help="What the user may do.")],
    display_name: Annotated[str, typer.Option(help="Name to show.")] = "",
    agent_id: Annotated[str | None, typer.Option(help="The phone platform's id of this agent.")] = None,
    password: Password = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Add a user."""
    settings = load_settings(data_dir=data_dir)

    async def add() -> str:
        async with _accounts(settings) as accounts:
            _, secret = await accounts.add_user(
                name, role, password=password, display_name=display_name, agent_id=agent_id
            )
            return secret

    _show_secret(as_json, {"name": name, "role": role, "password": run(add)}, is_shown=password is None)


@users_app.command("list")
def list_users(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """List the users."""
    settings = load_settings(data_dir=data_dir)

    async def read() -> list[dict[str, object]]:
        async with _accounts(settings) as accounts:
            return [
                {
                    "user_id": user.user_id,
                    "name": user.name,
                    "display_name": user.display_name,
                    "role": user.role,
                    "agent_id": user.agent_id,
                    "created_at": user.created_at.isoformat(timespec="seconds"),
                    "disabled": user.disabled,
                }
                for user in await accounts.users()
            ]

    _show_rows(as_json, run(read), ("name", "display_name", "role", "agent_id", "created_at", "disabled"))


@users_app.command("password")
def set_password(name: str, password: Password = None, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Change a user's password and end the user's sessions."""
    settings = load_settings(data_dir=data_dir)

    async def change() -> str:
        async with _accounts(settings) as accounts:
            return await accounts.set_password(name, password)

    _show_secret(as_json, {"name": name, "password": run(change)}, is_shown=password is None)


@users_app.command("disable")
def disable_user(name: str, data_dir: DataDir = None) -> None:
    """Lock a user out: sessions and open desks end within a second."""
    _switch(data_dir, lambda accounts: accounts.set_disabled(name, True))


@users_app.command("enable")
def enable_user(name: str, data_dir: DataDir = None) -> None:
    """Let a disabled user log in again."""
    _switch(data_dir, lambda accounts: accounts.set_disabled(name, False))


@keys_app.command("add")
def add_key(name: str, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Add an API key; it is shown only now."""
    settings = load_settings(data_dir=data_dir)

    async def add() -> str:
        async with _accounts(settings) as accounts:
            return await accounts.add_key(name)

    _show_secret(as_json, {"name": name, "key": run(add)}, is_shown=True)


@keys_app.command("list")
def list_keys(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """List the API keys by name; the keys themselves are not stored."""
    settings = load_settings(data_dir=data_dir)

    async def read() -> list[dict[str, object]]:
        async with _accounts(settings) as accounts:
            return [
                {
                    "name": key.name,
                    "created_at": key.created_at.isoformat(timespec="seconds"),
                    "last_used_at": key.last_used_at.isoformat(timespec="seconds") if key.last_used_at else None,
                    "disabled": key.disabled,
                }
                for key in await accounts.keys()
            ]

    _show_rows(as_json, run(read), ("name", "created_at", "last_used_at", "disabled"))


@keys_app.command("disable")
def disable_key(name: str, data_dir: DataDir = None) -> None:
    """Refuse new connections with a key; calls that came in with it go on."""
    _switch(data_dir, lambda accounts: accounts.set_key_disabled(name, True))


@keys_app.command("enable")
def enable_key(name: str, data_dir: DataDir = None) -> None:
    """Admit a disabled key again."""
    _switch(data_dir, lambda accounts: accounts.set_key_disabled(name, False))


def _switch(data_dir: Path | None, change: Callable[[Accounts], Awaitable[None]]) -> None:
    settings = load_settings(data_dir=data_dir)

    async def switch() -> None:
        async with _accounts(settings) as accounts:
            await change(accounts)

    run(switch)


@asynccontextmanager
async def _accounts(settings: Settings) -> AsyncGenerator[Accounts]:
    from gateway.wiring import open_accounts

    async with open_accounts(settings) as accounts:
        yield accounts


def _show_secret(as_json: bool, row: dict[str, str], *, is_shown: bool) -> None:
    shown = row if is_shown else {key: value for key, value in row.items() if key != "password"}
    if as_json:
        print_json(shown)
    else:
        for key, value in shown.items():
            results_console().print(f"{key}: {value}", markup=False)


def _show_rows(as_json: bool, rows: list[dict[str, object]], columns: tuple[str, ...]) -> None:
    if as_json:
        for row in rows:
            print_json(row)
    else:
        print_table(columns, ([row[column] for column in columns] for row in rows))
