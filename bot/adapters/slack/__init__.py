"""Slack as a platform: events and interactions in, answers out. See `setup.run` for the way in.

    events         mentions, direct messages, follow-ups, the opened Home   ┐
    interactions   commands, shortcut, buttons, modals                      ├─ Job ─→ answering ─→ post
    people         who may ask, who somebody is                             ┘
    admin_events   /fingerpost, the office's buttons, the form for a guide  ┐
    uploads        files that bring a guide, fetched by `files`             ├─ Actor ─→ admin ─→ office ─→ Reply ─→ post, runs
    runs           the one message of a run, until its end                  ┘
    left           what a process that died has left undone
    channels       how the bot behaves in a channel
    text           what Slack writes as mrkdwn, as plain words
    setup          the app, Socket Mode, HTTP
    checks         what `fingerpost doctor` asks Slack

Only the modules of this package import Slack's libraries.
"""

from bot.adapters.slack.setup import run

__all__ = ["run"]
