"""The bot: an engine that answers from the guides, and the adapters that carry its answers to people."""
