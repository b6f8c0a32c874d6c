"""How something was said: pitch, level and pace of an utterance, and the feeling in its sound."""
