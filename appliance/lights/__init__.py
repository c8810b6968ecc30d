"""What the appliance shows without words: a phase for each state, and where it is shown."""
