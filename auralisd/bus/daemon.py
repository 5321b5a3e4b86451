"""org.auralis.Auralis1.Daemon."""

from auralisd.bus import properties
from auralisd.bus.calls import Export
from auralisd.bus.library_browsing import known_track
from auralisd.bus.ports import HealthPort, Library, PlayerPort, SettingsPort
from auralisd.doors.sound import CacheRead

_NOTHING_RENDERED = CacheRead(0)


class DaemonFace:
    """The daemon's version and health, and what it keeps to be quick."""

    def __init__(
        self, health: HealthPort, version: str, player: PlayerPort, library: Library, settings: SettingsPort
    ) -> None:
        self._health = health
        self._settings = settings
        self._version = version
        self._player = player
        self._library = library

    def export(self) -> Export:
        return Export(
            "org.auralis.Auralis1.Daemon",
            methods={
                "Reload": self.reload,
                "CacheStats": self.cache_stats,
                "TrackCache": self.track_cache,
                "ClearCache": self.clear_cache,
            },
            read=self.read,
        )

    def read(self) -> properties.Values:
        return properties.daemon(self._version, self._health.faults, self._health.capabilities)

    async def reload(self) -> None:
        await self._settings.reload()

    async def cache_stats(self) -> properties.Values:
        rendered = await self._player.cache() or _NOTHING_RENDERED
        profiles = await self._library.kept_profiles()
        return {
            "render_chunks": rendered.chunks,
            "render_bytes": rendered.bytes,
            "render_budget_bytes": rendered.budget_bytes,
            "render_hits": rendered.hits,
            "render_misses": rendered.misses,
            "profiles": profiles.tracks,
            "profiles_bytes": profiles.size_bytes,
        }

    async def track_cache(self, track: int) -> properties.Values:
        await known_track(self._library, track)
        rendered = await self._player.cache(track=track) or _NOTHING_RENDERED
        profiles = await self._library.kept_profiles(track)
        return {
            "render_chunks": rendered.chunks,
            "render_bytes": rendered.bytes,
            "profiles": profiles.tracks,
            "profiles_bytes": profiles.size_bytes,
        }

    async def clear_cache(self, kind: str, track: int) -> int:
        if track:
            await known_track(self._library, track)
        if kind == "profiles":
            return await self._library.forget_profiles(track)
        return (await self._player.cache(clear=True, track=track) or _NOTHING_RENDERED).freed_bytes
