"""Who runs the command, for the history of requests, where the caller gives no name."""

import getpass
import platform
from functools import cache


@cache
def login() -> str:
    """« login@machine »; "" where the system has no name for the user."""
    try:
        return f"{getpass.getuser()}@{platform.node() or '?'}"
    except (KeyError, ImportError, OSError):  # no such user on this machine
        return ""
