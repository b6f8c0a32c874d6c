"""``python -m models.train.voice CLIPS --out FILE``."""

from models.train.voice.run import main

main()
