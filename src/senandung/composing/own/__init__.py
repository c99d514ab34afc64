"""A style of one's own while composing: what was learned of a person's files leans the network towards their music."""
