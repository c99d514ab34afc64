"""The home in a browser: pages, their words, and what keeps them safe."""
