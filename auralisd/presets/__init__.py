"""Presets: the listener's own, one TOML file each, beside those that come with the product.

Owns   which presets there are now (`shelf.py`, on the loop) and the last good version of each file.
Takes  the files of one folder (`files.py`, on a thread of its own), checked by `reading.py`, which is pure.
Gives  a mapping by name, another one whenever it changed; faults by file name.
Never  lets a file that cannot be used replace one that could, hides a built-in preset, or opens anything but a file.
"""
