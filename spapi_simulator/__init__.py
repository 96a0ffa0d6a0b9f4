"""A simulator of Amazon's Selling Partner API for tests and demonstrations."""
