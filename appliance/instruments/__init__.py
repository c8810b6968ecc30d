"""What the technician's console reads and moves: the service's side of the console's ports."""
