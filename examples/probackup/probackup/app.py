"""The web application."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from probackup import errors, flags
from probackup.accounts.customers import DuplicateAccount
from probackup.accounts.views import router as accounts
from probackup.antifraud.visits import record_visit
from probackup.billing.views import router as billing
from probackup.gdpr.views import router as rights
from probackup.support.views import router as support


def duplicate_account(_request: Request, _error: Exception) -> JSONResponse:
    return JSONResponse({"detail": "There is an account for this address."}, status_code=409)


def health() -> dict[str, bool]:
    return {"up": True, "new_restore_page": flags.new_restore_page()}


def create_app() -> FastAPI:
    errors.configure()
    app = FastAPI(title="HavenKluis")
    app.middleware("http")(record_visit)
    app.add_exception_handler(DuplicateAccount, duplicate_account)
    app.add_api_route("/health", health)
    for router in (accounts, billing, support, rights):
        app.include_router(router)
    return app
