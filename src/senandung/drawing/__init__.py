"""Songs, feelings and reports as pictures: score, not angka, piano roll, feeling, and the song's page."""
