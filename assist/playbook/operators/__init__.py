"""Operators: pure state machines over the moments of a call, each a frozen value that holds its own memory."""
