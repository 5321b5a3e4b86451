"""Readiness: what works here is found out before anybody is told that the daemon is ready."""

import logging

from auralisd import __version__
from auralisd.health import Health
from auralisd.model.audio import OPTIONAL_CODECS
from auralisd.notify import Notifier
from auralisd.playback.self_check import sound_capabilities

log = logging.getLogger(__name__)


async def become_ready(health: Health, notifier: Notifier) -> None:
    """Ready is said once it is known what works here; what does not is said with its reason."""
    capabilities = await sound_capabilities()
    health.know(capabilities)
    missing = {part: reason for part, reason in capabilities.items() if reason}
    if absent := [missing.pop(part) for part in sorted(missing.keys() & OPTIONAL_CODECS)]:
        log.info("some formats cannot be played reason=%s", absent[0])
    for part, reason in missing.items():
        health.report("part-missing", part, wrong=True)
        log.warning("not available part=%s reason=%s", part, reason)
    notifier.ready(f"ready, without {', '.join(missing)}" if missing else "ready")
    log.info("ready version=%s", __version__)
