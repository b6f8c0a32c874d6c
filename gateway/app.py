"""The ASGI application: every door of one service on one port."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, Depends, FastAPI

from gateway.api.access import current_user
from gateway.api.archive import archive_routes
from gateway.api.calls import call_routes
from gateway.api.corrections import correction_routes
from gateway.api.docs import OPENAPI_PATH, docs_routes
from gateway.api.drills import drill_routes
from gateway.api.errors import install_error_handlers
from gateway.api.expected_calls import expected_call_routes
from gateway.api.experiments import experiment_routes
from gateway.api.history import history_routes
from gateway.api.legs import leg_routes
from gateway.api.models import ErrorBody
from gateway.api.playbook_trials import trial_routes
from gateway.api.playbooks import playbook_routes
from gateway.api.private import private_routes
from gateway.api.quality import quality_routes
from gateway.api.records import record_routes
from gateway.api.remarks import remark_routes
from gateway.api.reports import report_routes
from gateway.api.reviews import review_routes
from gateway.api.session import log_in_routes, session_routes
from gateway.api.teams import team_routes
from gateway.api.wrap_ups import wrap_up_routes
from gateway.doors import probe_routes, socket_routes
from gateway.service import Service
from gateway.shield import Addresses, Shield
from gateway.version import livecue_version
from gateway.web import STATIC_DIR, web_routes

API_PREFIX = "/api/v1"


def create_app(service: Service, *, static_dir: Path = STATIC_DIR) -> FastAPI:
    """The application of a service; serve it inside ``service.running()``."""
    app = FastAPI(
        title="Livecue",
        version=livecue_version(),
        description="Live calls, their transcripts, prompts and QA flags.",
        openapi_url=OPENAPI_PATH,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.service = service
    addresses = Addresses.of(service.settings.host, service.settings.public_url, service.settings.allowed_origins)
    app.add_middleware(
        Shield,
        addresses=addresses,
        body_limit_bytes=service.settings.limits.body_bytes,
        metrics=service.metrics,
    )
    install_error_handlers(app)
    app.include_router(probe_routes(service))
    app.include_router(socket_routes(service, addresses))
    app.include_router(api_routes(), prefix=API_PREFIX)
    app.include_router(docs_routes())
    app.include_router(web_routes(static_dir))
    return app


def api_routes() -> APIRouter:
    """REST: log-in is open, everything else needs a user."""
    router = APIRouter(responses={"4XX": {"model": ErrorBody}, "5XX": {"model": ErrorBody}})
    router.include_router(log_in_routes)
    for routes in (
        session_routes,
        call_routes,
        archive_routes,
        history_routes,
        leg_routes,
        remark_routes,
        correction_routes,
        private_routes,
        playbook_routes,
        trial_routes,
        experiment_routes,
        report_routes,
        wrap_up_routes,
        drill_routes,
        expected_call_routes,
        team_routes,
        record_routes,
        quality_routes,
        review_routes,
    ):
        router.include_router(routes, dependencies=[Depends(current_user)])
    return router
