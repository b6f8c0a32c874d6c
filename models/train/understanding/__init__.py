"""Training of the model that ``nlp.understanding`` serves."""
