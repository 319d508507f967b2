"""Makes what modelling tools wrote into what can be read: each change is told as a problem, none is silent.

`documents` opens the file, `roots` finds BPMN in it, `ids` gives usable ids (both modes), and in guided mode
`stand_ins` replaces by a person's step what would be an error. All work on the XML tree, so that the clean export is
that tree written again. Deterministic: the same bytes always yield the same tree.
"""
