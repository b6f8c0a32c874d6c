"""Sound to words: codecs, resampling, voice activity, segmenting, stable text, lanes, recognisers."""
