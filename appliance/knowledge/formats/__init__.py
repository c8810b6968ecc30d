"""One module for each kind of document; each offers `read(data, name) -> list[Section]`."""
