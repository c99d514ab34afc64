"""The open corpora as pieces on a bar grid: readers, audit, duplicates, split."""
