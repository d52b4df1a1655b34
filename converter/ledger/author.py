"""Who runs the command, for the history of requests."""

import getpass
import platform
from functools import cache


@cache
def author() -> str:
    """« login@machine »; "" where the system has no name for the user."""
    try:
        return f"{getpass.getuser()}@{platform.node() or '?'}"
    except (KeyError, ImportError, OSError):  # no such user on this machine
        return ""
