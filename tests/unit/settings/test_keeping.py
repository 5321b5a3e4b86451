"""Settings survive a restart in the state database."""

from pathlib import Path

from auralisd.settings.keeping import StoredSettings
from auralisd.store.database import Database


def died(_name: str, death: BaseException) -> None:
    raise AssertionError from death


async def test_settings_are_kept_replaced_and_forgotten(tmp_path: Path) -> None:
    database = Database(tmp_path, died)
    await database.open()
    kept = StoredSettings(database)
    await kept.save({"keep_awake": False, "sound_idle_minutes": 0.5, "startup_queue": "none"})
    await kept.save({"sound_idle_minutes": 2.0})
    await kept.forget(["startup_queue", "never_kept"])
    await database.close()
    again = Database(tmp_path, died)
    await again.open()

    assert await StoredSettings(again).load() == {"keep_awake": False, "sound_idle_minutes": 2.0}
    await again.close()
