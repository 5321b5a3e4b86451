"""Keeping: what of a step must outlive the process, and is made durable before anybody is answered."""

from auralisd.playback.ports import Memory
from auralisd.playback.queue import PlayQueue
from auralisd.playback.state import PlayerState


async def keep_changed(memory: Memory, before: PlayerState, after: PlayerState, position_us: int) -> None:
    """An edit of the queue with the place in it, which is one transaction; or the place alone; or nothing."""
    if _list(after.queue) != _list(before.queue):
        await memory.keep_queue(after, position_us)
    elif _place(after) != _place(before):
        await memory.keep_place(after, position_us)


def _list(queue: PlayQueue) -> tuple[object, ...]:
    """Long, but the very same objects unless somebody has edited it."""
    return (queue.entries, queue.order.ids, queue.next_id)


def _place(state: PlayerState) -> tuple[object, ...]:
    """All but the position, which is kept by the clock."""
    queue = state.queue
    modes = (queue.loop, queue.shuffle, queue.consume, queue.stop_after)
    outlet = (state.volume, state.muted, state.device)
    return (state.status, queue.current, modes, outlet, state.taste, state.joins, state.override)
