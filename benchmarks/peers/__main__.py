"""Fingerpost beside what a user would pick instead, each in its own environment, with the same weights, passages and questions.

    python benchmarks/peers DIR [DIR ...]

Each DIR is a collection in BEIR's format. Prints the Markdown tables of docs/retrieval.md and docs/performance.md. Takes pip, some
15 GB of disk and an hour or two; what was measured is kept below --cache, so that a run that was broken off goes on where it was.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).parents[2])  # else the files beside this one hide libraries of the same name

from benchmarks.peers import described, tables
from benchmarks.peers.described import Driver
from benchmarks.peers.environments import Environment
from benchmarks.peers.measuring import QUICK, WHOLE, Bench
from retrieval import beir


def main(arguments: argparse.Namespace) -> str:
    """Measure what is asked for and describe it."""
    collections = {folder.name: beir.read(folder) for folder in arguments.folders}
    bench = Bench(arguments.cache, collections, QUICK if arguments.quick else WHOLE)
    drivers = [driver for driver in described.every() if driver.driver in (arguments.only or described.ORDER)]
    measured = {}
    for driver in drivers:
        if driver.driver in arguments.again:
            bench.forget(driver)
        environment = Environment(arguments.cache / "environments" / _first(driver), driver)
        _tell(f"{driver.driver}: environment")
        environment.install()
        measured[driver.driver] = bench.measure(driver, environment, _tell)
    parts = [tables.quality(drivers, measured, list(collections)), tables.cost(drivers, measured), tables.peers(drivers)]
    return "\n\n".join(parts)


def _first(driver: Driver) -> str:
    """The first driver with the same versions, whose environment the others share."""
    return next(one.driver for one in described.every() if one.versions == driver.versions)


def _tell(what: str) -> None:
    sys.stderr.write(f"{what}\n")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python benchmarks/peers", description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("folders", nargs="+", type=Path, metavar="DIR", help="a collection in BEIR's format")
    parser.add_argument("--only", action="append", choices=described.ORDER, help="this peer; may be given several times")
    parser.add_argument("--again", action="append", choices=described.ORDER, default=[], help="measure this peer anew")
    parser.add_argument("--quick", action="store_true", help="few documents and questions, to see that it works")
    parser.add_argument(
        "--cache", type=Path, default=Path.home() / ".cache" / "fingerpost-peers", metavar="DIR", help="default: %(default)s"
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.stdout.write(main(_arguments()) + "\n")
