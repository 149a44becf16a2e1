"""The converting process: a file's name and content in, a draft or a refusal out. See `retrieval.importing.sandbox`."""

from __future__ import annotations

import sys
import warnings

import msgspec

from retrieval.errors import ImportRefused
from retrieval.importing import files
from retrieval.importing.sandbox import Converted, Given


def main() -> None:
    """Read one Given from standard input, write one Converted to standard output."""
    warnings.simplefilter("ignore")
    given = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Given)
    try:
        made = Converted(draft=files.convert(given.filename, given.content))
    except ImportRefused as refusal:
        made = Converted(refusal=str(refusal))
    sys.stdout.buffer.write(msgspec.msgpack.encode(made))


if __name__ == "__main__":
    main()
