"""The network's composer without torch: engine, grammar, drawing, drafts, measures."""
