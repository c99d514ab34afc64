"""Traces → `Feeling`: what a person wrote is read here, on this machine, without a network call."""
