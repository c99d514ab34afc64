"""How close a piece comes to the training music or to any other: the index, the search, human range, verdict."""
