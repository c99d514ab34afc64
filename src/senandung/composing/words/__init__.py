"""The words of a song: the person's lines first, and what grows out of them."""
