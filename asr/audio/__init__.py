"""Sound in: G.711 and PCM decoding, stateful resampling, recordings."""
