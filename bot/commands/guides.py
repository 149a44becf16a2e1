"""The commands about guides: list them, look at what a file would give, add one, remove one."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from bot.adapters import terminal
from bot.commands import acts
from bot.commands.check import check
from bot.commands.given import bot_of, pass_bot
from bot.commands.ready import ensure_index
from bot.settings import megabytes
from bot.wiring import Bot
from retrieval.errors import ImportRefused, RequestError
from retrieval.importing import proposal
from retrieval.importing.proposal import Proposal

NEXT = "Run `fingerpost reindex` to have it answered from."


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="print the list on one line")
@click.pass_context
def guides(context: click.Context, as_json: bool) -> None:
    """List the guides of the index, with their sections and tables; or check, show, add and remove guides."""
    if context.invoked_subcommand is not None:
        return
    bot = bot_of(context)
    ensure_index(bot)
    listed = terminal.guides(bot)
    click.echo(msgspec.json.encode(listed).decode() if as_json else terminal.describe_guides(listed))


guides.add_command(check)


@guides.command("show")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--title", default="", help="the guide's title, where the file's own is not right")
@click.option("--json", "as_json", is_flag=True, help="print the whole proposal on one line")
@pass_bot
def show(bot: Bot, file: Path, title: str, as_json: bool) -> None:
    """Show what FILE (Markdown, HTML, PDF, DOCX or text) would give as a guide."""
    found = _propose(bot, file, title, "")
    click.echo(msgspec.json.encode(found).decode() if as_json else "\n".join([*proposal.preview(found), "", found.text]))


@guides.command("add")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--title", default="", help="the guide's title, where the file's own is not right")
@click.option("--id", "identity", default="", help="the guide's name, where that of the file is not right")
@click.option("--replace", is_flag=True, help="replace the guide of that name")
@click.option("--yes", is_flag=True, help="do not ask")
@click.option("--json", "as_json", is_flag=True, help="print the proposal on one line; implies --yes")
@pass_bot
def add(bot: Bot, file: Path, title: str, identity: str, *, replace: bool, yes: bool, as_json: bool) -> None:
    """Add FILE (Markdown, HTML, PDF, DOCX or text) to the guides, after showing what it would give."""
    found = _propose(bot, file, title, identity)
    there = proposal.existing(found.id, bot.settings.corpus)
    if there and not replace:
        raise RequestError(f"there is a guide {there} already; use --replace, or give this one another name with --id")
    if not as_json:
        click.echo("\n".join(proposal.preview(found, replaces=there)))
    if not (yes or as_json) and not click.confirm("Add it?"):
        raise RequestError("nothing was added")
    written = proposal.accept(found, bot.settings.corpus, bot.settings.aside, replace=replace)
    click.echo(msgspec.json.encode(found).decode() if as_json else f"Written: {written}. {NEXT}")
    name = written.relative_to(bot.settings.corpus / "guides").with_suffix("").as_posix()
    acts.note(bot, "replace guide" if there else "add guide", name)


@guides.command("remove")
@click.argument("identity", metavar="GUIDE")
@pass_bot
def remove(bot: Bot, identity: str) -> None:
    """Take GUIDE out of the guides; its file is kept aside."""
    kept = proposal.remove(identity, bot.settings.corpus, bot.settings.aside)
    click.echo(f"Removed; the file is kept as {kept}. {NEXT}")
    acts.note(bot, "remove guide", identity)


def _propose(bot: Bot, file: Path, title: str, identity: str) -> Proposal:
    most = bot.settings.largest_file
    try:
        size = file.stat().st_size
        if not file.is_file():  # such as a device, which never ends
            raise RequestError(f"{file} is no file; name one")
        if size > most:
            raise ImportRefused(f"the file is larger than {megabytes(most)} (FINGERPOST_MAX_FILE_MB); split it")
        content = file.read_bytes()
    except OSError as error:
        raise RequestError(f"{file} cannot be read: {error.strerror}") from error
    return proposal.propose(file.name, content, title=title, identity=identity, most_bytes=most)
