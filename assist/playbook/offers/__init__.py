"""Offers: a catalogue, the needs that they answer, and the selling of them, as part of the fold."""
