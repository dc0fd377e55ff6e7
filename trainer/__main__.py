"""`python -m trainer`: the engine without a window."""

import sys

try:
    from trainer.cli import main
except KeyboardInterrupt:  # what it imports takes a moment
    sys.exit(130)

if __name__ == "__main__":
    sys.exit(main())
