"""Drills: bundled calls whose customer a trainee answers on the softphone."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Path
from starlette.responses import FileResponse

from gateway.api.access import Served, permitted
from gateway.api.models import Body
from gateway.drills import Drill, bundled_drills, drill_recording

drill_routes = APIRouter(tags=["drills"], prefix="/drills", dependencies=[Depends(permitted("softphone.use"))])


class Drills(Body):
    drills: list[Drill]


@drill_routes.get("")
async def list_drills(service: Served) -> Drills:
    """The calls that come with Livecue, as far as their playbooks are in use."""
    names = {playbook.name for playbook in service.playbooks.in_use()}
    return Drills(drills=await asyncio.to_thread(bundled_drills, names.__contains__))


@drill_routes.get(
    "/{drill_id}/audio",
    response_class=FileResponse,
    responses={200: {"content": {"audio/flac": {}}}, 206: {"content": {"audio/flac": {}}}},
)
async def get_drill_audio(drill_id: Annotated[str, Path(max_length=200)]) -> FileResponse:
    """Its sound, left agent, right customer; ranges are served."""
    path = await asyncio.to_thread(drill_recording, drill_id)
    return FileResponse(path, media_type="audio/flac", headers={"cache-control": "private, no-cache"})
