"""The HTTP interface, for programs: each module has a `router`, served under `/api`."""

from fastapi import APIRouter

from converter.web.api import health, lots, requests, returns, workbooks

ROUTERS: tuple[APIRouter, ...] = (workbooks.router, lots.router, returns.router, requests.router, health.router)
"""Every router of the interface."""
