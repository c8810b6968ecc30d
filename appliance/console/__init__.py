"""The field technician's console: one table of commands, for people and for programs.

A person types at a line-edited shell; a program sends frames with a checksum. Both come over the
same line, and what is typed or sent is the same command. Nothing that the line brings can block or
end the service.
"""
