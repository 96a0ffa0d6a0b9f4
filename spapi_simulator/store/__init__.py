"""The simulated world: what is sold, and who ordered it."""
