"""A style of one's own from a handful of files, without torch: read, count, and say how near it comes."""
