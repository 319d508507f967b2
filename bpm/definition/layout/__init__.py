"""Places for what a file does not say where to draw: in layers from left to right, the same for the same file.

`graph` finds the layers, `placing` makes boxes of them, `routing` the arrows' corners, `interchange` writes all that
into the tree. Linear but for sorting; nothing here changes what runs.
"""
