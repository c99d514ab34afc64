"""Music on a bar grid as the network reads it: pieces, tokens, and songs as pieces and back."""
