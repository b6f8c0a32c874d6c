"""How errors leave the service over HTTP: a status, a stable code and a sentence; never internals."""

from __future__ import annotations

import logging
import math

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from assist.errors import (
    AuthenticationError,
    InputError,
    LivecueError,
    NotFoundError,
    OverloadedError,
    PermissionDeniedError,
    UnavailableError,
)
from gateway.api.models import ErrorBody, ErrorDetail

log = logging.getLogger(__name__)

STATUS_OF_CODE = {
    "too-many-logins": 429,
    "call-exists": 409,
    "call-open": 409,
    "legal-hold": 409,
    "already-held": 409,
    "user-exists": 409,
    "api-key-exists": 409,
    "draft-changed": 409,
    "file-exists": 409,
    "playbook-changed": 409,
    "version-taken": 409,
    "review-changed": 409,
    "review-taken": 409,
    "wrong-state": 409,
    "too-late": 409,
    "call-has-review": 409,
    "day-drawn": 409,
    "calibration-open": 409,
}
"""Codes that say more than their class."""

CODE_OF_STATUS = {404: "not-found", 405: "method-not-allowed", 413: "body-too-large", 416: "bad-range"}
"""What the framework itself refuses."""


def install_error_handlers(app: FastAPI) -> None:
    """Make every failure of the app's routes an ErrorBody."""

    @app.exception_handler(LivecueError)
    async def livecue(request: Request, error: LivecueError) -> JSONResponse:
        headers: dict[str, str] = {}
        if isinstance(error, OverloadedError):
            headers["retry-after"] = str(math.ceil(error.retry_after_s))
        status = status_of(error)
        if status >= 500:
            log.error("a request could not be served", extra={"code": error.code, "method": request.method})
        return error_response(status, error.code, error.message, headers)

    @app.exception_handler(RequestValidationError)
    async def invalid(_request: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        return error_response(422, "bad-input", f"{place}: {first['msg']}.")

    @app.exception_handler(HTTPException)
    async def refused(_request: Request, error: HTTPException) -> JSONResponse:
        code = CODE_OF_STATUS.get(error.status_code, "bad-input")
        return error_response(error.status_code, code, f"{error.detail}.", dict(error.headers or {}))

    @app.exception_handler(Exception)
    async def unknown(request: Request, error: Exception) -> JSONResponse:
        log.error("a request failed", exc_info=error, extra={"method": request.method})
        return error_response(500, "internal-error", "Livecue made a mistake; its log says more.")


def status_of(error: LivecueError) -> int:
    """The HTTP status that fits an error."""
    if error.code in STATUS_OF_CODE:
        return STATUS_OF_CODE[error.code]
    match error:
        case AuthenticationError():
            return 401
        case PermissionDeniedError():
            return 403
        case NotFoundError():
            return 404
        case InputError():
            return 400
        case UnavailableError():
            return 503
        case _:
            return 500


def error_response(status: int, code: str, message: str, headers: dict[str, str] | None = None) -> JSONResponse:
    """An ErrorBody as a response."""
    body = ErrorBody(error=ErrorDetail(code=code, message=message))
    return JSONResponse(body.model_dump(), status_code=status, headers=headers)
