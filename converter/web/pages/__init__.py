"""The pages, for people: each module has a `router`."""

from fastapi import APIRouter

from converter.web.pages import conversion, interface, lots, manual, mapping, requests, returns, to_do, workbooks

ROUTERS: tuple[APIRouter, ...] = (
    workbooks.router,
    conversion.router,
    interface.router,
    lots.router,
    manual.router,
    mapping.router,
    requests.router,
    returns.router,
    to_do.router,
)
"""Every router of the pages."""
