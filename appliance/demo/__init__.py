"""The demonstration: a manual of our own, questions of our own, a voice that is not ours."""
