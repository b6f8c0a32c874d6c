"""What a party feels over a call: words and voice together, smoothed over utterances."""
