"""The test server behaves as Discord's documentation says, and discord.py as it was seen to: so scenarios on it mean something."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import discord
import pytest
from aiohttp import ClientSession, WSMsgType
from discord import app_commands

from tests.servers import discord_people as people
from tests.servers import discord_schema
from tests.servers.discord_files import Upload
from tests.servers.discord_rest import too_many
from tests.servers.discord_server import TOKEN, DiscordServer, Interaction

INTENTS = discord.Intents(guilds=True, guild_messages=True, dm_messages=True)


class _Client(discord.Client):
    """A plain client of discord.py with one command, which each test fills."""

    def __init__(self, server: DiscordServer, **more: Any) -> None:
        more = {"intents": INTENTS, "guild_ready_timeout": 0.05, **more}
        super().__init__(connector=server.connector(), **more)
        self.tree = app_commands.CommandTree(self)
        self.happened: list[Any] = []

    async def setup_hook(self) -> None:
        """Register the command."""
        await self.tree.sync()


def _run(story: Callable[[DiscordServer, _Client], Awaitable[None]], command: Any = None, **more: Any) -> None:
    async def play() -> None:
        async with DiscordServer() as server:
            client = _Client(server, **more)
            if command is not None:
                client.tree.command(name="do", description="Do it")(command)
            async with client:
                running = asyncio.create_task(client.start(TOKEN))
                await server.until(lambda: client.is_ready() or running.done())
                try:
                    await story(server, client)
                finally:
                    await client.close()
                    await asyncio.gather(running, return_exceptions=True)

    asyncio.run(play())


async def _code(doing: Awaitable[object]) -> int:
    with pytest.raises(discord.HTTPException) as refused:
        await doing
    return refused.value.code


def _begun(server: DiscordServer) -> Interaction:
    return people.slash(server, server.ann, server.general, "do")


async def _nothing(interaction: discord.Interaction) -> None:
    interaction.client.happened.append(interaction)  # type: ignore[attr-defined]


def test_an_interaction_is_answered_once_and_in_time() -> None:
    """A second answer is refused with 40060, a late one with 10062, an expired token with 50027."""

    async def story(server: DiscordServer, client: _Client) -> None:
        _begun(server)
        await server.until(lambda: client.happened)
        first = client.happened.pop()
        await first.response.defer()
        first.response._response_type = None  # as another process would see it
        assert await _code(first.response.send_message("again")) == 40060
        server.token_life = -1.0
        assert await _code(first.edit_original_response(content="too late")) == 50027
        server.answer_within = -1.0
        _begun(server)
        await server.until(lambda: client.happened)
        assert await _code(client.happened.pop().response.defer()) == 10062

    _run(story, _nothing)


def test_the_first_followup_after_a_defer_is_the_loading_message() -> None:
    """It takes its place, and is as private as the defer was."""

    async def story(server: DiscordServer, client: _Client) -> None:
        begun = _begun(server)
        await server.until(lambda: client.happened)
        await client.happened[0].response.defer(ephemeral=True)
        await client.happened[0].followup.send("here", ephemeral=False)
        assert len(begun.messages) == 1
        assert begun.messages[0]["content"] == "here"
        assert begun.messages[0]["flags"] & 64

    _run(story, _nothing)


def test_a_user_installed_app_has_five_followups() -> None:
    """The sixth is refused."""

    async def story(server: DiscordServer, client: _Client) -> None:
        server.commands[0]["integration_types"] = [0, 1]
        people.slash(server, server.ann, server.general, "do", True)
        await server.until(lambda: client.happened)
        await client.happened[0].response.send_message("first")
        for _ in range(5):
            await client.happened[0].followup.send("more")
        assert await _code(client.happened[0].followup.send("too much")) == 40094

    _run(story, _nothing)


def test_limits_are_refused() -> None:
    """2,000 characters of content, 4,000 of components, 40 components, double custom_ids, content beside components."""

    async def story(server: DiscordServer, client: _Client) -> None:
        channel = client.get_channel(int(server.general.id))
        assert isinstance(channel, discord.TextChannel)
        assert await _code(channel.send("x" * 2_001)) == 50035
        assert await _code(channel.send("")) == 50006
        long = discord.ui.LayoutView()
        for _ in range(3):
            long.add_item(discord.ui.TextDisplay("x" * 1_400))
        assert await _code(channel.send(view=long)) == 50035
        double = discord.ui.View()
        for _ in range(2):
            double.add_item(discord.ui.Button(label="a", custom_id="same"))
        assert await _code(channel.send(view=double)) == 50035
        fine = discord.ui.LayoutView()
        fine.add_item(discord.ui.TextDisplay("x"))
        assert await _code(channel.send("and content", view=fine)) == 50035
        await channel.send(view=fine)
        assert server.wrong == []

    _run(story)


@pytest.mark.parametrize("via", [True, False])
def test_a_429_is_waited_for_by_the_client_only_with_a_via_header(via: bool) -> None:
    """With it discord.py sleeps and tries again; without it the error reaches the caller at once."""

    def limited() -> Any:
        answer = too_many(0.05)()
        if not via:
            del answer.headers["Via"]
        return answer

    async def story(server: DiscordServer, client: _Client) -> None:
        channel = client.get_channel(int(server.general.id))
        assert isinstance(channel, discord.TextChannel)
        server.refuse("POST", "/messages$", limited)
        if via:
            assert (await channel.send("hello")).content == "hello"
        else:
            with pytest.raises(discord.HTTPException) as refused:
                await channel.send("hello")
            assert refused.value.status == 429

    _run(story)


def test_everything_pings_unless_it_is_told_not_to() -> None:
    """`allowed_mentions` is absent unless set; none() sends an empty list."""

    async def story(server: DiscordServer, client: _Client) -> None:
        channel = client.get_channel(int(server.general.id))
        assert isinstance(channel, discord.TextChannel)
        await channel.send("@everyone")
        await channel.send("@everyone", allowed_mentions=discord.AllowedMentions.none())
        sent = [given.get("allowed_mentions") for method, path, given in server.requests if method == "POST" and path.endswith("/messages")]
        assert sent == [None, {"parse": []}]

    _run(story)


def test_privileged_intents_are_refused() -> None:
    """Close code 4014 stops the client, as it does where the developer portal has them off."""

    async def story() -> None:
        async with DiscordServer() as server:
            client = _Client(server, intents=discord.Intents.all())
            async with client:
                with pytest.raises(discord.PrivilegedIntentsRequired):
                    await asyncio.wait_for(client.start(TOKEN), 10)

    asyncio.run(story())


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ({"op": 3, "d": {}}, 4003), ({"op": 2, "d": {"token": "wrong", "intents": 1}}, 4004),
        ({"op": 2, "d": {"token": TOKEN, "intents": 1, "shard": [2, 2]}}, 4010),
    ],
)  # fmt: skip
def test_the_gateway_closes_on_what_breaks_its_rules(frame: dict[str, Any], code: int) -> None:
    """Each rule with its close code; hello comes first."""

    async def story() -> None:
        async with (
            DiscordServer() as server,
            ClientSession(connector=server.connector()) as session,
            session.ws_connect("wss://gateway.discord.gg/?v=10&encoding=json") as socket,
        ):
            assert (await socket.receive_json())["op"] == 10
            await socket.send_json(frame)
            assert (await socket.receive()).type is WSMsgType.CLOSE
            assert socket.close_code == code

    asyncio.run(story())


def test_what_is_missed_comes_with_a_resume_and_not_with_a_new_session() -> None:
    """A dropped session is resumed with its events; an invalidated one has lost them."""

    async def story(server: DiscordServer, client: _Client) -> None:
        heard: list[str] = []

        async def on_message(message: discord.Message) -> None:
            heard.append(message.content)

        client.event(on_message)
        mention = f"<@{server.me.id}>"
        await server.gateway.drop()
        server.say(server.ann, server.general, "@bot one")
        await server.until(lambda: heard == [f"{mention} one"])
        server.gateway.invalidate(resumable=False)
        server.say(server.ann, server.general, "@bot two")
        await server.until(lambda: server.gateway.identified == 2)
        server.say(server.ann, server.general, "@bot three")
        await server.until(lambda: heard[1:] == [f"{mention} three"])

    _run(story)


def test_others_messages_come_without_their_content() -> None:
    """Without the message content intent a message that does not mention the bot is empty."""

    async def story(server: DiscordServer, client: _Client) -> None:
        heard: list[str] = []

        async def on_message(message: discord.Message) -> None:
            heard.append(message.content)

        client.event(on_message)
        server.say(server.ann, server.general, "nothing for you")
        server.say(server.ann, server.dm(server.ann), "for you")
        await server.until(lambda: heard == ["", "for you"])

    _run(story)


def test_the_schema_names_what_is_wrong() -> None:
    """A message without its content is none, and the check says where."""
    assert discord_schema.problems({"id": "1"}, "MessageResponse")
    assert (
        discord_schema.problems(
            {"url": "wss://x", "shards": 1, "session_start_limit": {"total": 1, "remaining": 1, "reset_after": 1, "max_concurrency": 1}},
            "GatewayBotResponse",
        )
        == []
    )


def test_a_file_given_to_a_command_lies_under_a_signed_address() -> None:
    """The interaction brings its name, size and address; the whole address gives the bytes, without its signature it is 404."""

    async def story(server: DiscordServer, client: _Client) -> None:
        people.slash(server, server.ann, server.general, "do", file=Upload("a b.md", b"# A"))
        await server.until(lambda: client.happened)
        file = client.happened.pop()
        assert (file.filename, file.size, await file.read()) == ("a_b.md", 3, b"# A")
        file.url = file.url.partition("?")[0]
        with pytest.raises(discord.NotFound):
            await file.read()

    async def command(interaction: discord.Interaction, file: discord.Attachment) -> None:
        interaction.client.happened.append(file)  # type: ignore[attr-defined]

    _run(story, command)


def test_an_interaction_brings_the_roles_that_its_member_has_now() -> None:
    """The roles of this guild only, as they are at that moment, and @everyone beside them."""

    async def story(server: DiscordServer, client: _Client) -> None:
        role = server.new_role("editors")
        server.ann.roles = [role, "123"]
        await server.until(lambda: len(client.guilds[0].roles) == 2)
        for expected in ([server.guild.id, role], [server.guild.id]):
            _begun(server)
            await server.until(lambda: client.happened)
            assert [str(r.id) for r in client.happened.pop().user.roles] == expected
            server.ann.roles = []

    _run(story, _nothing)


def test_a_press_that_is_deferred_in_place_changes_its_own_message() -> None:
    """After a deferred update, the original response is the message that was pressed, as private as it was."""

    async def story(server: DiscordServer, client: _Client) -> None:
        async def changed(interaction: discord.Interaction) -> None:
            await interaction.response.defer()
            await interaction.edit_original_response(content="after", view=None)

        begun = _begun(server)
        await server.until(lambda: client.happened)
        button: discord.ui.Button = discord.ui.Button(label="go")
        button.callback = changed  # type: ignore[method-assign]
        view = discord.ui.View()
        view.add_item(button)
        await client.happened.pop().response.send_message("before", view=view, ephemeral=True)
        assert begun.original is not None
        pressed = people.click(server, server.ann, server.general, begun.original, "go")
        await server.until(lambda: pressed.changes)
        assert pressed.original is begun.original
        assert pressed.ephemeral
        assert begun.original["content"] == "after"

    _run(story, _nothing)
