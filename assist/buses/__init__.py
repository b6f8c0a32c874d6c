"""How live envelopes travel; a bus is picked by its name or the scheme of its URL."""
