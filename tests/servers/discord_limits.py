"""What Discord refuses in a message beyond its schema, each with the code that it gives."""

from __future__ import annotations

from typing import Any

from tests.servers.discord_world import COMPONENTS_V2, Json, walk

LONGEST_CONTENT, LONGEST_TEXTS, MOST_COMPONENTS = 2000, 4000, 40


def problem(path: str, code: str, words: str) -> Json:
    """The body of a 400 about one field."""
    errors: Any = {"_errors": [{"code": code, "message": words}]}
    for part in reversed(path.split(".")):
        errors = {part: errors}
    return {"message": "Invalid Form Body", "code": 50035, "errors": errors}


def refused(given: Json, files: int = 0, existing_flags: int = 0) -> Json | None:
    """Why a message is refused, as the body of the 400; None where it is taken."""
    flags = (given.get("flags") or 0) | existing_flags
    content, components = given.get("content") or "", given.get("components") or []
    if len(content) > LONGEST_CONTENT:
        return problem("content", "BASE_TYPE_MAX_LENGTH", f"Must be {LONGEST_CONTENT} or fewer in length.")
    if flags & COMPONENTS_V2:
        return _refused_v2(given, components, files)
    if any(c["type"] != 1 for c in components):
        return problem("components.0.type", "UNION_TYPE_CHOICES", 'Value of field "type" must be one of (1,).')
    if not content and not components and not given.get("embeds") and not files and not existing_flags:
        return {"message": "Cannot send an empty message", "code": 50006}
    return _refused_items(components)


def _refused_v2(given: Json, components: list[Json], files: int) -> Json | None:
    if given.get("content") or given.get("embeds") or given.get("poll") or given.get("sticker_ids"):
        field = "content" if given.get("content") else "embeds"
        return problem(field, "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", "The message cannot use this field with V2.")
    every = walk(components)
    if len(every) > MOST_COMPONENTS:
        return problem("components", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 40 in length.")
    if sum(len(c["content"]) for c in every if c["type"] == 10) > LONGEST_TEXTS:
        return problem("components", "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", "The displayable text exceeds 4000 characters.")
    named = {a["filename"] for a in given.get("attachments") or []}
    for item in (item for c in every if c["type"] == 12 for item in c["items"]):
        url = item["media"]["url"]
        if url.startswith("attachment://") and (not files or url.removeprefix("attachment://") not in named):
            return problem("components", "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND", "No such attachment.")
    return _refused_items(components)


def _refused_items(components: list[Json]) -> Json | None:
    every = walk(components)
    ids = [c["custom_id"] for c in every if "custom_id" in c]
    if len(ids) != len(set(ids)):
        return problem("components", "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated.")
    for c in every:
        if c["type"] == 2 and not c.get("label") and not c.get("emoji"):
            return problem("components", "BASE_TYPE_REQUIRED", "A button needs a label or an emoji.")
        if c["type"] == 2 and c.get("style") == 5 and not c.get("url", "").startswith(("http://", "https://", "discord://")):
            return problem("components", "URL_TYPE_INVALID_SCHEME", "Scheme must be one of ('http', 'https', 'discord').")
        if c["type"] == 10 and not c["content"].strip():
            return problem("components", "BASE_TYPE_REQUIRED", "This field is required.")
    return None
