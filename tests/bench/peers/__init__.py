"""What wake words cost: ours and everybody else's, on the same sound, in one run."""
