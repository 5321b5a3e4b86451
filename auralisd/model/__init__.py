"""Model: the nouns that every part shares.

Owns   nothing: frozen values with units in their names, and arithmetic on them.
Takes  nothing from outside.  Gives the words in which all other parts speak.
Pure   no I/O, no clock, no threads, no numpy: control, sound and workers all import it.
"""
