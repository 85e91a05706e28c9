"""`python -m pytest_accept COMMAND`: what is done with Records and suites outside of pytest."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence

from pytest_accept.commands import parsed, parser
from pytest_accept.errors import AcceptanceError

USAGE = 2
INTERRUPTED = 130  # what a shell makes of SIGINT, and below of SIGPIPE
CLOSED = 141


def main(given: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code.

    0: done; 1: it found what it was asked to fail on, such as a verdict that got worse; 2: what was
    given cannot be used, which one line on stderr explains. Usage errors exit as argparse does.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # arrows in a terminal that has none
    arguments = parsed(parser(), given)
    try:
        code: int = arguments.run(arguments)
        sys.stdout.flush()
    except AcceptanceError as error:
        # Whatever a file contains: one line, no control characters.
        from pytest_accept.marked_text import printable

        sys.stderr.write(f"pytest_accept {arguments.command}: error: {printable(str(error))}\n")
        return USAGE
    except BrokenPipeError:
        # The reader has gone, as `| head` does; Python would complain once more when it exits.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return CLOSED
    except KeyboardInterrupt:
        return INTERRUPTED
    return code


if __name__ == "__main__":
    sys.exit(main())
