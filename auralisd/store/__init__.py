"""Store: what survives a restart, in one SQLite file.

Owns   the connection and the schema, on the thread "store" (`database.py`, `migrations.py`), another one that only
       reads, on the thread "store-asking", the lock of the state folder (`lock.py`) and all SQL (`tracks.py`,
       `values.py`, `search.py`, `browsing.py`, `profiles.py`, `playback.py`, `listening.py`, `statistics.py`).
Takes  functions over a connection.  Gives what they return; each is one whole transaction.
Never  decides anything: it keeps what it is given.
"""
