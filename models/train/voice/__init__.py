"""Makes the model of ``asr.voice.judge`` from clips of felt speech."""
