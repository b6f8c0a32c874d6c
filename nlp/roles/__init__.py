"""Who seems to say an utterance, agent or customer, by its words alone."""
