"""Mastering: from what was measured of a track and what the listener likes to what is done about it.

Owns   nothing: `planner` is a pure function to a MasteringPlan, `build` turns a plan into a chain, `explain` into
       words, and `recommend` says which preset suits.
Takes  SoundProfile and Treatment.
Gives  MasteringPlan, Chain, sentences, Recommendation.
"""
