"""The diagnostic bundle, what a device tells of itself in one file; and the report of it."""
