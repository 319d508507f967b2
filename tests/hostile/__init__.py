"""Texts written to break out, hang or fill the memory, at every place of a diagram, on a real server."""
