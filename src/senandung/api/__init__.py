"""One file per wish; the only place where the rooms meet."""
