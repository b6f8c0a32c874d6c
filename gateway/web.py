"""The browser app: files of the web build, and its one page for every address that is a view of the app."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, HTTPException
from starlette.responses import FileResponse, HTMLResponse, Response

STATIC_DIR = Path(__file__).resolve().parent / "static"

HASHED_PREFIX = "assets/"
"""Where the build puts files whose name changes with their content."""

CALLS_PREFIX = "calls/"
"""Before the id of a call, which may hold dots as a file name does."""

NOT_BUILT_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Livecue</title></head>
<body><h1>Livecue is running, but its pages are not built</h1>
<p>Run <code>make web</code> in the checkout and reload this page. The <a href="/api/docs">API</a> works without.</p>
</body></html>"""


def is_built(directory: Path = STATIC_DIR) -> bool:
    """Whether the web build is there."""
    return (directory / "index.html").is_file()


def web_routes(directory: Path = STATIC_DIR) -> APIRouter:
    """Routes of the browser app; include them last, they take every path that is left."""
    router = APIRouter(include_in_schema=False)
    root = directory.resolve()

    @router.get("/{path:path}", name="web")
    def web(path: str) -> Response:
        file = _inside(root, path)
        if path and file is not None and file.is_file():
            fresh = "public, max-age=31536000, immutable" if path.startswith(HASHED_PREFIX) else "no-cache"
            return FileResponse(file, headers={"cache-control": fresh})
        is_file = "." in path.rpartition("/")[2] and not path.startswith(CALLS_PREFIX)
        if path.startswith("api/") or is_file:
            raise HTTPException(404)
        if not is_built(root):
            return HTMLResponse(NOT_BUILT_PAGE, status_code=503)
        return FileResponse(root / "index.html", headers={"cache-control": "no-cache"})

    return router


def _inside(root: Path, path: str) -> Path | None:
    """The file a path names below ``root``; None for what points elsewhere or cannot be a path."""
    try:
        file = (root / path).resolve()
    except (OSError, ValueError):
        return None
    return file if file.is_relative_to(root) else None
