"""From recognised characters to an utterance: what was said, names put right, and the form people read."""
