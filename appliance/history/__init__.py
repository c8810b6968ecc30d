"""The history: turns, events and counters on the disk, for `why` and for technicians. No words."""
