"""Entities of an utterance from its spoken text: where they stand, by rule and name, and what they are worth."""
