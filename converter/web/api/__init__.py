"""The HTTP interface, for programs: each module has a `router`, served under `/api`."""

from fastapi import APIRouter

ROUTERS: tuple[APIRouter, ...] = ()
"""Every router of the interface."""
