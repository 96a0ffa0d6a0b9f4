"""The demonstration: a store is connected, its orders come in, some are shipped."""
