"""Corpora to tables and weights. The only room that may import torch."""
