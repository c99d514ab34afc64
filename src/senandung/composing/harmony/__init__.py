"""The chords of a song: written, closed, varied, and judged by the network."""
