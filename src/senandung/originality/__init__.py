"""How close a piece comes to the training music, or to any other: the index, the search, the human range, the verdict."""
