"""Desktop: what the machine around us asks and grants over the system bus.

Owns   the connection to the system bus (`system_bus.py`) and who keeps it (`keeper.py`); the inhibitors at logind
       (`login.py`); the question to RealtimeKit (`realtime.py`); the pause around a suspend (`nap.py`).
Takes  whether music plays, and threads that want realtime.  Gives one pair of calls around every suspend, and each of
       its parts as a capability: where there is no system bus, no logind or no RealtimeKit, the music plays on without.
"""
