"""`python -m converter` is the same as `converter`."""

import sys

from converter.cli import main

if __name__ == "__main__":
    sys.exit(main())
