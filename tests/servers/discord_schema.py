"""Discord's own description of its REST API: what our server sends and takes is held against it."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, ValidationError
from jsonschema.exceptions import best_match

_DOCUMENT = json.loads(Path(__file__).with_name("discord_openapi.json").read_text("utf-8"))
# GUILD_MEDIA stands in Discord's documentation and is sent by discord.py for a forum; the schema lacks it.
_DOCUMENT["components"]["schemas"]["ChannelTypes"]["oneOf"].append({"title": "GUILD_MEDIA", "const": 16})


def problems(value: Any, *names: str) -> list[str]:
    """What keeps `value` from being one of the named schemas; empty where it is one."""
    found: list[str] = []
    for name in names:
        found = [_said(name, error) for error in _validator(name).iter_errors(value)]
        if not found:
            return []
    return found


def _said(name: str, error: ValidationError) -> str:
    deepest = best_match([error]) or error
    return f"{name}: {'/'.join(map(str, deepest.absolute_path))}: {deepest.message[:300]}"


@cache
def _validator(name: str) -> Draft202012Validator:
    many = name.endswith("[]")
    one = {"$ref": f"#/components/schemas/{name.removesuffix('[]')}"}
    wanted = {"type": "array", "items": one} if many else one
    return Draft202012Validator({**wanted, "components": _DOCUMENT["components"]})
