"""Which of the two voices of a mixed leg says an utterance."""
