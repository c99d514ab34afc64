"""The OpenSubsonic service: the home's music in the players that people already have."""
