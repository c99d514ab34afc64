"""Text to sung words: lines, syllables, stress, rhyme; Indonesian and English."""
