"""A CRM on this machine's loopback, with the answers of docs/customers-api.yaml; it can be told to misbehave."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvicorn
import yaml
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from jsonschema import Draft202012Validator

from tests.support.doors import ListeningServer

PATH = "/livecue/customers"
PAGE = Path(__file__).parents[2] / "docs" / "customers-api.yaml"


def api_description() -> dict[str, Any]:
    return yaml.safe_load(PAGE.read_text(encoding="utf-8"))


def problems(kind: str, message: Any) -> list[str]:
    """What of a message is not as the description says."""
    description = api_description()
    schema = {"$ref": f"#/components/schemas/{kind}", "components": description["components"]}
    validator = Draft202012Validator(schema)
    return [error.message for error in validator.iter_errors(message)]  # pyright: ignore[reportUnknownMemberType]


@dataclass
class Crm:
    """What it knows, how it answers, and what it was asked."""

    customers: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    version: str = "7"
    status: int = 200
    body: bytes | None = None
    """Answered instead of what it knows."""
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    """No answer before it is set."""
    asked: list[str] = field(default_factory=list[str])
    authorization: str = ""
    url: str = ""

    async def answer(self, request: Request) -> Response:
        question = await request.json()
        assert problems("Question", question) == []
        self.asked.append(question["customer_id"])
        self.authorization = request.headers.get("authorization", "")
        await self.gate.wait()
        if self.body is not None or self.status != 200:
            return Response(self.body or b"", self.status, media_type="application/json")
        content = {"version": self.version, "customer": self.customers.get(question["customer_id"])}
        assert problems("Answer", content) == []
        return JSONResponse(content)


@asynccontextmanager
async def crm_server() -> AsyncGenerator[Crm]:
    """A CRM that answers at once, and knows nobody yet."""
    crm = Crm()
    crm.gate.set()
    app = FastAPI()
    app.add_route(PATH, crm.answer, methods=["POST"])
    listener = socket.create_server(("127.0.0.1", 0))
    server = ListeningServer(uvicorn.Config(app, log_level="critical", lifespan="off"))
    crm.url = f"http://127.0.0.1:{listener.getsockname()[1]}{PATH}"
    async with asyncio.TaskGroup() as group:
        serving = group.create_task(server.serve(sockets=[listener]))
        await server.listening.wait()
        try:
            yield crm
        finally:
            crm.gate.set()
            server.should_exit = True
            await serving
    listener.close()
