"""The mute switch: a GPIO line, an input device, or a key of the terminal."""
