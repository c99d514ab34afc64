"""What is remembered on this machine because the person asked for it."""
