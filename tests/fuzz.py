"""`make fuzz`: new examples for the properties of test_fuzz.py, round after round, until the time is over.

python -m tests.fuzz [SECONDS]    600 unless given; stops at the first failure, with what replays it
"""

import os
import secrets
import subprocess
import sys
import time
from pathlib import Path

TESTS = Path(__file__).with_name("test_fuzz.py")
EXAMPLES = 50  # of each property, a round


def main(seconds: float) -> int:
    """Exit status of the first round that fails, else 0."""
    end, rounds = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        seed = str(secrets.randbelow(2**32))
        run = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", f"--hypothesis-seed={seed}", TESTS],
            env={**os.environ, "FUZZ_EXAMPLES": str(EXAMPLES)},
            check=False,
            capture_output=True,
            text=True,
        )
        if run.returncode:
            sys.stdout.write(f"{run.stdout}\n{run.stderr}\nGraine\u00a0: {seed}, FUZZ_EXAMPLES={EXAMPLES}\n")
            return run.returncode
        rounds += 1
        properties = run.stdout.rpartition(" passed")[0].rsplit(None, 1)[-1]
        sys.stdout.write(f"{rounds * EXAMPLES * int(properties)} cas sans faute\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]) if len(sys.argv) > 1 else 600))
