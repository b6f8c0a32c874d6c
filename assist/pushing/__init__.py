"""Handing something on to a receiver of the operator's: signed, tried again, under one key; what waits is on disk."""
