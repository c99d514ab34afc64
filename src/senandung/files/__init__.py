"""Files in and out: `load_x` reads a file into a value of `domain`, `save_x` writes one. Nothing half-written stays."""
