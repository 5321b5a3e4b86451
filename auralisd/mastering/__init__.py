"""Mastering: from what was measured of a track and what the listener likes to what is done about it.

Owns   nothing: `planner` is a pure function to a MasteringPlan, `build` turns a plan into a chain.
Takes  SoundProfile and Taste.
Gives  MasteringPlan, Chain, sentences.
"""
