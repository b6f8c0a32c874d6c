"""Asterisk AudioSocket."""
