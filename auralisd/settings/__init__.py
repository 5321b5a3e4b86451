"""Settings: what may be set while the daemon runs, and what holds now.

Owns   the values that were set over the bus, kept in the store.  What the configuration file says is the default; what
       was set goes before it, and a reset goes back to it.
Takes  wishes, all of them or none, and a file that is read anew.
Gives  `now`, which every part reads when it acts, and one call with the keys of which the value is another.
"""
