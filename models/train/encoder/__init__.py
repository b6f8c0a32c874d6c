"""The pretrained sentence encoder: read from its published file, cut to our languages, and exported."""
