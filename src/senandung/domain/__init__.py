"""Frozen nouns and their arithmetic. Standard library and numpy only; every other room may import this one."""
