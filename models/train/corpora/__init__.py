"""How the encoder and the linear half do on dialogues of others, beside simpler classifiers on the same rows.

Nothing of it is shipped: it says whether the design holds outside our own text (docs/nlp.md, "On corpora of others").
"""
