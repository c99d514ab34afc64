"""Feeling in moving pictures: colour, motion and cuts, and the film's sound beside them."""
