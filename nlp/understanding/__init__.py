"""Intent, emotion, dialogue acts and entities of an utterance, from Livecue's own model."""
