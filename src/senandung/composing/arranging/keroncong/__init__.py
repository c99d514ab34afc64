"""The keroncong band: what its players do, and at which pace. `docs/keroncong.md` has the sources."""
