"""What prompts are worth: calls as trials of experiments, lift with its uncertainty, and what follows from it."""
