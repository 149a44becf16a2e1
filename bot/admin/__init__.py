"""The bot's administration, the same on every platform: who may, what they can do, and in which words."""
