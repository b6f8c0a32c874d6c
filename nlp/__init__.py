"""Words to signals: phrases, intents, emotion, dialogue acts, entities."""
