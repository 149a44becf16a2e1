"""Guides in, ranked passages out. This package has never heard of chat."""
