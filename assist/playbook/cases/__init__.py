"""Cases of a rule: short dialogues that it must, or must not, react to."""
