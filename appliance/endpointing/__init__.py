"""How long to wait in silence before deciding that a person has finished."""
