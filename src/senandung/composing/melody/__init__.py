"""The melody of a song: rhythm from the words, pitches from learned intervals and the network."""
