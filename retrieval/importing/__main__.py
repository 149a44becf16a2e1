"""The process that reads a file: the file in, a proposal or a refusal out. See `retrieval.importing.sandbox`."""

from __future__ import annotations

import logging
import sys
import warnings

import msgspec

from retrieval.errors import FingerpostError
from retrieval.importing import proposal, sandbox
from retrieval.importing.proposal import Built, Given


def main() -> None:
    """Read one Given from standard input, write one Built to standard output."""
    sandbox.bound(int(sys.argv[1]))
    warnings.simplefilter("ignore")
    logging.disable()
    try:
        given = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Given)
        built = Built(proposal.build(given))
    except FingerpostError as refusal:
        built = Built(refusal=str(refusal))
    except (MemoryError, RecursionError):
        sys.exit(sandbox.OUT_OF_MEMORY)
    sys.stdout.buffer.write(msgspec.msgpack.encode(built))


if __name__ == "__main__":
    main()
