"""Trains and measures the model of roles: whether agent or customer says a sentence."""
