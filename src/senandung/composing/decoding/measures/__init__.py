"""What a piece is like in numbers: tonality, rhythm, form and voices, beside the figures of the literature."""
