"""Runs cases of `tests/flows` as the programs that they are; `tests.executing` is the door to it."""
