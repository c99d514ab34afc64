"""Package data: learned tables and lists, each with its data card. No code."""
