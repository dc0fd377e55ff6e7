"""Start IAE Studio: `python main.py`."""

import sys

from iae_studio.__main__ import main

if __name__ == "__main__":
    sys.exit(main())
