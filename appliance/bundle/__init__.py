"""The diagnostic bundle: what a device tells a technician of itself, in one file; and the report."""
