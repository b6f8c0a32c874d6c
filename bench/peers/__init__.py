"""Other designs under the same sound on the same machine. Tools of development: never dependencies, never tests."""
