"""`python -m bot` is `fingerpost`."""

from bot.cli import main

main()
