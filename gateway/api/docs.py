"""The OpenAPI page, from bundled files: a closed network has no CDN, and our policy allows no inline script."""

from __future__ import annotations

from importlib.resources import files

from fastapi import APIRouter
from starlette.responses import FileResponse, HTMLResponse, Response

OPENAPI_PATH = "/api/v1/openapi.json"
DOCS_PATH = "/api/docs"

_FILES = {"swagger-ui-bundle.js": "text/javascript", "swagger-ui.css": "text/css"}

_START = f"""window.addEventListener("load", () => {{
  SwaggerUIBundle({{ url: "{OPENAPI_PATH}", dom_id: "#page", deepLinking: true }});
}});
"""

_PAGE = f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Livecue API</title>
<link rel="stylesheet" href="{DOCS_PATH}/swagger-ui.css"></head>
<body><div id="page"></div>
<script src="{DOCS_PATH}/swagger-ui-bundle.js"></script><script src="{DOCS_PATH}/start.js"></script></body></html>"""


def docs_routes() -> APIRouter:
    """The page and its files."""
    router = APIRouter(include_in_schema=False, prefix=DOCS_PATH)
    bundle = files("fastapi_offline") / "static"

    @router.get("")
    def page() -> HTMLResponse:
        return HTMLResponse(_PAGE)

    @router.get("/start.js")
    def start() -> Response:
        return Response(_START, media_type="text/javascript")

    for name, media_type in _FILES.items():
        router.add_api_route(f"/{name}", _file_route(str(bundle / name), media_type))
    return router


def _file_route(path: str, media_type: str):
    def file() -> FileResponse:
        return FileResponse(path, media_type=media_type)

    return file
