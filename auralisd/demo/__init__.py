"""The demo album: music for a machine that has none, composed here and never downloaded.

Owns     the album's folder while it is being composed (`album`), its notes (`pieces`) and its cover (`cover`).
Takes    a folder.  Gives seven tagged files there that differ in loudness, tone, rate and format on purpose, two of
         which are one recording cut in the middle of a note.
"""
