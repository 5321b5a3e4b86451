"""Builders: values with defaults everywhere, so that a test states only what matters to it."""

from auralisd.model.track import FileFacts, StreamFacts, Tags, Track


def a_track(
    track_id: int = 1,
    *,
    title: str | None = "Aria",
    artists: tuple[str, ...] = ("Ada",),
    album: str | None = "Album",
    duration_us: int | None = 180_000_000,
    rate_hz: int = 44_100,
    path: bytes = b"/music/aria.flac",
) -> Track:
    return Track(
        id=track_id,
        folder=1,
        folder_name="music",
        path=path,
        file_name=path.rsplit(b"/", 1)[-1].decode(),
        facts=FileFacts(device=1, inode=track_id, size_bytes=1000, mtime_ns=1),
        stream=StreamFacts("flac", duration_us=duration_us, rate_hz=rate_hz, channels=2, bits=16),
        tags=Tags(title=title, artists=artists, album=album, track_number=track_id),
        added_unix_s=0,
    )
