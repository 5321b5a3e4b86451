"""The laws of shuffling, for any queue and whatever is done with it."""

import random
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auralisd.model.knowledge import AlbumPlace
from auralisd.playback import edits
from auralisd.playback import queue as q
from auralisd.playback.queue import Listing, PlayQueue
from auralisd.playback.shuffle import Deal, brought_forward, shuffled

ALBUMS = {track: AlbumPlace(f"album {track // 4}", track // 2 % 2, track % 2) for track in range(4, 24)}
"""Tracks 4 to 23 are five albums of two discs with two tracks each; those below 4 belong to none."""

some_tracks = st.lists(st.integers(1, 23), max_size=12)
modes = st.sampled_from(["tracks", "albums"])
seeds = st.integers(0, 999)


def a_queue(tracks: list[int], start: int, mode: str, deal: Deal) -> PlayQueue:
    queue = edits.replaced(PlayQueue(), tracks, start=start % len(tracks) if tracks else 0, deal=deal)
    return shuffled(queue, mode, deal)


def album(queue: PlayQueue, entry: int) -> str:
    place = ALBUMS.get(queue.track_of(entry) or 0)
    return place.album if place else f"alone {entry}"


def standing(queue: PlayQueue, entry: int) -> tuple[AlbumPlace, int]:
    return ALBUMS.get(queue.track_of(entry) or 0, AlbumPlace("")), queue.index_of(entry)


def heard(queue: PlayQueue) -> tuple[int, ...]:
    return queue.order.ids[: queue.rank_of(queue.current) + 1]


def is_permutation(queue: PlayQueue) -> bool:
    return sorted(queue.order.ids) == sorted(entry.id for entry in queue.entries)


@given(some_tracks, st.integers(0, 20), seeds)
def test_shuffled_by_albums_each_is_played_whole_by_disc_and_track(tracks: list[int], start: int, seed: int) -> None:
    queue = a_queue(tracks, start, "albums", Deal(random.Random(seed), ALBUMS))
    runs = [list(run) for _, run in groupby(queue.order.ids, lambda entry: album(queue, entry))]

    assert is_permutation(queue)
    assert len(runs) == len({album(queue, entry) for entry in queue.order.ids})
    assert all(run == sorted(run, key=lambda entry: standing(queue, entry)) for run in runs)
    assert not runs or queue.current in runs[0]


@given(some_tracks, some_tracks, st.integers(0, 20), st.integers(0, 12), seeds)
def test_albums_that_are_added_fall_in_whole_and_leave_what_comes_as_it_is(
    tracks: list[int], more: list[int], start: int, steps: int, seed: int
) -> None:
    deal = Deal(random.Random(seed), ALBUMS)
    queue = a_queue(tracks, start, "albums", deal)
    for _ in range(steps):
        queue = q.with_current(queue, q.after(queue, queue.current, asked=True) or queue.current)
    added = edits.inserted(queue, more, len(tracks), deal=deal)
    coming = added.order.ids[len(heard(queue)) :]
    runs = [list(run) for _, run in groupby(coming, lambda entry: album(added, entry))]

    assert is_permutation(added)
    assert not tracks or added.order.ids[: len(heard(queue))] == heard(queue)
    assert len(runs) == len({album(added, entry) for entry in coming})
    assert all(run == sorted(run, key=lambda entry: standing(added, entry)) for run in runs)
    if runs and heard(queue) and any(album(added, e) == album(added, queue.current) for e in coming):
        assert album(added, runs[0][0]) == album(added, queue.current)


@given(some_tracks, some_tracks, st.integers(0, 20), seeds)
def test_tracks_that_are_added_fall_in_among_what_comes_and_leave_its_order(
    tracks: list[int], more: list[int], start: int, seed: int
) -> None:
    deal = Deal(random.Random(seed))
    queue = a_queue(tracks, start, "tracks", deal)
    added = edits.inserted(queue, more, 0, deal=deal)

    assert is_permutation(added)
    assert tuple(entry for entry in added.order.ids if entry in queue.listing.places) == queue.order.ids
    assert not tracks or added.order.ids[0] == queue.current


def test_what_is_added_may_come_at_any_place_behind_the_current_entry() -> None:
    places = set()
    for seed in range(200):
        deal = Deal(random.Random(seed))
        queue = edits.inserted(a_queue([1, 2, 3], 0, "tracks", deal), [4], 3, deal=deal)
        places.add(queue.order.places[4])

    assert places == {1, 2, 3}


@given(modes, some_tracks.filter(bool), st.lists(st.integers(0, 99), max_size=8), seeds)
def test_wherever_one_goes_previous_leads_back_and_everything_else_still_comes(
    mode: str, tracks: list[int], choices: list[int], seed: int
) -> None:
    deal = Deal(random.Random(seed), ALBUMS)
    queue = a_queue(tracks, 0, mode, deal)
    for choice in choices:
        before, entry = queue, queue.entries[choice % len(tracks)].id
        queue = q.with_current(brought_forward(queue, entry, deal), entry)

        assert is_permutation(queue)
        never_heard = set(before.order.ids) - set(heard(before)) - {entry}
        passed_over = never_heard & set(heard(queue))
        assert all(mode == "albums" and album(queue, each) == album(queue, entry) for each in passed_over)
        if mode == "tracks" and entry != before.current:
            assert q.before(queue, entry) == before.current


@given(modes, some_tracks, st.integers(0, 20), st.data(), seeds)
def test_no_edit_changes_the_order_of_what_stays_and_off_is_list_order_again(
    mode: str, tracks: list[int], start: int, data: st.DataObject, seed: int
) -> None:
    deal = Deal(random.Random(seed), ALBUMS)
    queue = a_queue(tracks, start, mode, deal)
    ids = [entry.id for entry in queue.entries]
    moved = edits.moved(queue, data.draw(st.permutations(ids)), 0)
    kept = data.draw(st.sets(st.sampled_from(ids))) if ids else set()
    fewer = edits.removed(moved, kept)
    back = edits.relisted(fewer, Listing(queue.entries), deal)

    assert moved.order == queue.order
    assert fewer.order.ids == tuple(entry for entry in queue.order.ids if entry not in kept)
    assert is_permutation(back)
    assert shuffled(back, "off", deal).play_order == tuple(ids)


@pytest.mark.parametrize("mode", ["tracks", "albums"])
def test_every_order_is_as_likely(mode: str) -> None:
    found: dict[tuple[int, ...], int] = {}
    for seed in range(600):
        queue = a_queue([1, 4, 8, 12], 0, mode, Deal(random.Random(seed), ALBUMS))
        found[queue.order.ids] = found.get(queue.order.ids, 0) + 1

    assert len(found) == 6
    assert all(60 < count < 140 for count in found.values())
