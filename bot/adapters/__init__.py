"""Platforms: each module turns a platform's events into questions and answers into messages, and has one `run`."""
