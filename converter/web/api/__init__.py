"""The HTTP interface, for programs: each module has a `router`, served under `/api`."""

from fastapi import APIRouter

from converter.web.api import health, lots, requests, returns

ROUTERS: tuple[APIRouter, ...] = (health.router, lots.router, requests.router, returns.router)
"""Every router of the interface."""
