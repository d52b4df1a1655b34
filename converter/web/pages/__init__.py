"""The pages, for people: each module has a `router`."""

from fastapi import APIRouter

from converter.web.pages import interface

ROUTERS: tuple[APIRouter, ...] = (interface.router,)
"""Every router of the pages."""
