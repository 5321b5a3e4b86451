"""Stages: each part of the daemon's work, run alone from the command line.

Owns   nothing that lasts.  Takes words from `cli`.  Gives text or JSON on stdout, files that were asked for, and an
       exit code.
"""
