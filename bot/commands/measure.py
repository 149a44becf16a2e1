"""`fingerpost eval` and `fingerpost bench`: how good the answers are, and what they cost."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from bot import bench, calibration, evaluate, noted
from bot.bench import size, size_plot
from bot.commands import written
from bot.commands.given import pass_bot
from bot.commands.ready import ensure_current_index
from bot.progress import Bar
from bot.wiring import Bot


@click.command("eval")
@click.option("--beir", type=click.Path(path_type=Path, file_okay=False), help="a test collection in BEIR's format")
@click.option("--curve", is_flag=True, help="share right against share answered, by how sure the bot is")
@click.option("--noted", "of_guides", is_flag=True, help="ask the questions noted in the guides: which are not answered by their passage")
@click.option("--json", "as_json", is_flag=True, help="print the figures on one line")
@pass_bot
def eval_command(bot: Bot, beir: Path | None, curve: bool, of_guides: bool, as_json: bool) -> None:
    """Measure retrieval and answers on the questions of the corpus or those noted in its guides, or retrieval on a collection."""
    if of_guides and (beir or curve):
        raise click.UsageError("give --noted alone: it asks what the guides note")
    if beir is None:
        ensure_current_index(bot)
    with Bar() as bar:
        if curve:
            calibrated = calibration.collection(bot, beir, bar.show) if beir else calibration.corpus(bot, bar.show)
            said = msgspec.json.encode(calibrated).decode() if as_json else calibration.describe(calibrated)
        else:
            of_corpus = noted.measure if of_guides else evaluate.corpus
            figures = evaluate.collection(bot, beir, bar.show) if beir else of_corpus(bot, bar.show)
            said = msgspec.json.encode(figures).decode() if as_json else evaluate.describe(figures)
    click.echo(said)


@click.command("bench")
@click.option("--json", "as_json", is_flag=True, help="print the rows on one line")
@click.option("--quick", is_flag=True, help="a moment of each, on the guides as they are")
@click.option("--large", is_flag=True, help="in place of all that: what searching costs from 10,000 passages to a million (takes long)")
@click.option("--plot", type=click.Path(path_type=Path, dir_okay=False), help="with --large, write the costs as an SVG to this file")
@pass_bot
def bench_command(bot: Bot, as_json: bool, quick: bool, large: bool, plot: Path | None) -> None:
    """Measure what starts, answers and embeddings cost, each beside its peer in the same run; prints a table in Markdown."""
    if large:
        if plot is not None:
            written.check(plot.parent)
        with Bar() as bar:
            sizes = size.measure(bar.show)
        if plot is not None:
            written.write(plot, size_plot.svg(sizes).encode())
        click.echo(msgspec.json.encode(sizes).decode() if as_json else size.describe(sizes))
        return
    ensure_current_index(bot)
    with Bar() as bar:
        rows = bench.run(bot, bar.show, quick=quick)
    click.echo(msgspec.json.encode(rows).decode() if as_json else bench.describe(rows))
