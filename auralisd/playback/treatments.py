"""Treatments: what shall be done to one track, from what the listener asked and what is known of it.  Pure."""

from collections.abc import Iterator, Mapping

import msgspec

from auralisd.model.knowledge import Knowledge
from auralisd.model.preset import PRESETS, Preset
from auralisd.model.profile import SoundProfile
from auralisd.model.taste import BYPASSED, ENHANCED, LEVELLED, OFF, Taste, Treatment
from auralisd.playback.queue import PlayQueue

FALLBACK = "adaptive"
"""The preset that stands in for one whose file is gone."""

Resolved = tuple[Treatment, SoundProfile | None, SoundProfile | None]


def preset_named(name: str, presets: Mapping[str, Preset]) -> Preset:
    """The preset of that name; while there is none (its file may come back), the fallback."""
    return presets.get(name) or PRESETS[FALLBACK]


def preset_in_effect(taste: Taste, knowledge: Knowledge, presets: Mapping[str, Preset], override: str = "") -> Preset:
    """What was chosen for this play, else what is remembered for the track or its album, else the default."""
    return preset_named(override or knowledge.preset or taste.preset, presets)


def resolve(taste: Taste, knowledge: Knowledge, preset: Preset, *, in_album_order: bool) -> Resolved:
    """The treatment of one track, its profile, and its album's where gain and tone shall be the album's."""
    match taste.mode:
        case "off":
            return Treatment(mode=OFF), knowledge.profile, None
        case "levelled":
            return _levelled(taste, knowledge, in_album_order=in_album_order)
        case mode:
            treatment = Treatment(
                mode=mode, preset=preset, intensity=taste.intensity, target_lufs=taste.target_lufs or None
            )
            album = knowledge.album_profile if taste.album_mode and in_album_order else None
            return _trimmed(treatment, knowledge, album), knowledge.profile, album


def to_rehearse(treatment: Treatment, album: SoundProfile | None) -> Treatment | None:
    """The treatment of which it should be heard how loud it comes out; None where a rehearsal would tell nothing.

    What is bypassed is as loud as the enhanced sound.  A rehearsal of one track says nothing of its whole album's gain.
    """
    if album is not None or treatment.mode not in (ENHANCED, BYPASSED):
        return None
    return msgspec.structs.replace(treatment.untrimmed, mode=ENHANCED)


def _trimmed(treatment: Treatment, knowledge: Knowledge, album: SoundProfile | None) -> Treatment:
    """With what its rehearsal came to, which was planned by the full measurement."""
    rehearsed = to_rehearse(treatment, album)
    if rehearsed is None or knowledge.profile is None:
        return treatment
    return msgspec.structs.replace(treatment, trim_lu=knowledge.trim_lu(rehearsed))


def _levelled(taste: Taste, knowledge: Knowledge, *, in_album_order: bool) -> Resolved:
    """ReplayGain: what was measured goes before what the tags say, and the album before the track where it is asked.

    A tagged gain comes without a profile: it was never measured what the gain is for.
    """
    whole = taste.replay_gain == "album" or (taste.replay_gain == "auto" and in_album_order)
    album = knowledge.album_profile if whole else None
    tagged = knowledge.tagged_album if whole and album is None else None
    if tagged is None and album is None and knowledge.profile is None:
        tagged = knowledge.tagged_track
    treatment = Treatment(mode=LEVELLED, preamp_db=taste.preamp_db, tagged=tagged)
    return treatment, knowledge.profile if tagged is None else None, album


def wants_album(taste: Taste) -> bool:
    """True when the profile of a whole album may count."""
    if taste.mode == LEVELLED:
        return taste.replay_gain in ("album", "auto")
    return taste.mode != OFF and taste.album_mode


# --- album order --------------------------------------------------------------------------------------


def plays_in_album_order(queue: PlayQueue, entry: int, known: Mapping[int, Knowledge]) -> bool:
    """True when the entry is part of its album played in order.

    That is: the queue is not shuffled by tracks, and in play order the entry before it is of the same album and stands
    earlier in it, or the entry behind it is of the same album and stands later.  A single track of an album is not
    played in order.
    """
    own = known.get(queue.track_of(entry) or 0, Knowledge())
    if queue.shuffle == "tracks" or not own.album:
        return False
    rank = queue.rank_of(entry)
    before, behind = (_known_at(queue, rank + step, known) for step in (-1, 1))
    follows = before.album == own.album and before.album_number < own.album_number
    leads = behind.album == own.album and behind.album_number > own.album_number
    return follows or leads


def continues_album(queue: PlayQueue, entry: int, following: int, known: Mapping[int, Knowledge]) -> bool:
    """True when two entries that are played one after the other are one album played in order: the very next of its
    tracks, or a later one where the queue is not shuffled by tracks."""
    own, next_ = (known.get(queue.track_of(each) or 0, Knowledge()) for each in (entry, following))
    step = next_.album_number - own.album_number
    return bool(own.album) and next_.album == own.album and (step == 1 or (step > 1 and queue.shuffle != "tracks"))


def tracks_around(queue: PlayQueue, entries: tuple[int | None, ...]) -> tuple[int, ...]:
    """What must be known to treat these entries: their tracks, and those beside them in play order."""
    found: dict[int, None] = {}
    for entry in entries:
        rank = -1 if entry is None else queue.rank_of(entry)
        if rank >= 0:
            found.update(dict.fromkeys(_tracks_beside(queue, rank)))
    return tuple(found)


def _tracks_beside(queue: PlayQueue, rank: int) -> Iterator[int]:
    for near in (rank,) if queue.shuffle == "tracks" else (rank, rank - 1, rank + 1):
        if 0 <= near < len(queue.entries):
            yield queue.track_of(queue.at_rank(near)) or 0


def _known_at(queue: PlayQueue, rank: int, known: Mapping[int, Knowledge]) -> Knowledge:
    """What is known of the track at a place in play order; nothing beyond its ends."""
    if not 0 <= rank < len(queue.entries):
        return Knowledge()
    return known.get(queue.track_of(queue.at_rank(rank)) or 0, Knowledge())
