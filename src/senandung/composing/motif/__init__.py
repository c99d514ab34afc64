"""A person's own tune becomes a song's theme: fitted to the style, staged, laid on words, harmonised and played."""
