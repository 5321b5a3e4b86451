"""Bus: the daemon's face on D-Bus.  Thin: it asks, tells and refuses, and decides nothing.

Owns   the connection and the bus names (`service.py`), what clients have yet to be told (`announcer.py`).
       `dbus/*.xml` is the one definition of every member (`contract.py`); one module for each interface
       holds its small typed handlers; `opening.py` is the only import of a D-Bus library.
Takes  method calls from clients, events of playback and library.  Gives Commands to the player, questions to
       the library, and one PropertiesChanged for the difference of two snapshots.
Never  blocks the loop, answers with a traceback or a path, or speaks a word that is not in the XML.
"""
