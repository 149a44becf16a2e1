"""Discord's own description of its REST API: what our server sends and takes is held against it."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

_DOCUMENT = json.loads(Path(__file__).with_name("discord_openapi.json").read_text("utf-8"))


def problems(value: Any, *names: str) -> list[str]:
    """What keeps `value` from being one of the named schemas; empty where it is one."""
    found: list[str] = []
    for name in names:
        found = [f"{name}: {'/'.join(map(str, e.absolute_path))}: {e.message[:300]}" for e in _validator(name).iter_errors(value)]
        if not found:
            return []
    return found


@cache
def _validator(name: str) -> Draft202012Validator:
    many = name.endswith("[]")
    one = {"$ref": f"#/components/schemas/{name.removesuffix('[]')}"}
    wanted = {"type": "array", "items": one} if many else one
    return Draft202012Validator({**wanted, "components": _DOCUMENT["components"]})
