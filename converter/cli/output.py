"""What every command shares: its exit statuses, the way it says its result."""

import argparse
import json
import sys
from collections.abc import Iterable
from typing import Any

DONE, HELD_BACK = 0, 1


def say(arguments: argparse.Namespace, document: dict[str, Any], lines: Iterable[str]) -> None:
    """The result: for a program on stdout when `--json`, with the words for a person on stderr then."""
    stream = sys.stderr if arguments.json else sys.stdout
    stream.write("".join(f"{line}\n" for line in lines))
    if arguments.json:
        sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")
