"""The live view: what the appliance hears, thinks and says, on a terminal."""
