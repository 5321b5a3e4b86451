"""Presets: named tastes with their parameters in physical units."""

import msgspec


class Preset(msgspec.Struct, frozen=True):
    """One named way of mastering.

    `target_lufs` is the integrated loudness it aims at.  The five tone offsets (dB) shape the spectrum it aims at:
    below 200 Hz, 200–800 Hz, 800 Hz–3 kHz, 3–8 kHz and above; `correction` (0..1) is how far a track is moved towards
    that aim, and no band by more than 4 dB: the offsets are where it is drawn to, not what it gets.  `bass_db` and
    `treble_db` are the listener's own shelves (below 200 Hz, above 3 kHz), applied whole.  `width_db` lifts the side
    above 300 Hz.  `ratio` (1 = none) is how much loud moments are held back in each of three bands, from `threshold_db`
    above the band's own loud level on, followed within `attack_ms` and let go within `release_ms`.  `own` presets come
    from the listener's files.
    """

    name: str
    label: str
    description: str
    target_lufs: float
    correction: float
    low_shelf_db: float = 0.0
    low_mid_db: float = 0.0
    mid_db: float = 0.0
    high_mid_db: float = 0.0
    high_shelf_db: float = 0.0
    bass_db: float = 0.0
    treble_db: float = 0.0
    width_db: float = 0.0
    ratio: float = 1.0
    threshold_db: float = 0.0
    attack_ms: float = 80.0
    release_ms: float = 300.0
    own: bool = False


PRESETS: dict[str, Preset] = {
    preset.name: preset
    for preset in (
        Preset(
            name="adaptive",
            label="Adaptive",
            description="What the track itself asks for, and nothing else",
            target_lufs=-14.0,
            correction=0.9,
            ratio=1.25,
            attack_ms=80.0,
            release_ms=300.0,
        ),
        Preset(
            name="gentle",
            label="Gentle",
            description="Quieter and rounder: less edge and less boom, for long or late listening",
            target_lufs=-17.0,
            correction=0.85,
            low_shelf_db=-8.0,
            low_mid_db=4.0,
            mid_db=2.0,
            high_mid_db=-15.0,
            high_shelf_db=-6.0,
            ratio=1.15,
            attack_ms=100.0,
            release_ms=500.0,
        ),
        Preset(
            name="warm",
            label="Warm",
            description="Fuller bass and body, softer treble",
            target_lufs=-14.0,
            correction=0.85,
            low_shelf_db=5.0,
            low_mid_db=6.0,
            mid_db=-4.0,
            high_mid_db=-10.0,
            high_shelf_db=-10.0,
            ratio=1.3,
            attack_ms=90.0,
            release_ms=400.0,
        ),
        Preset(
            name="bright",
            label="Bright",
            description="More presence and air, leaner below",
            target_lufs=-14.0,
            correction=0.85,
            low_shelf_db=-11.0,
            low_mid_db=-8.0,
            mid_db=-1.0,
            high_mid_db=7.0,
            high_shelf_db=7.0,
            ratio=1.25,
            attack_ms=60.0,
            release_ms=300.0,
        ),
        Preset(
            name="punchy",
            label="Punchy",
            description="Louder, with weight in the bass and bite in the presence",
            target_lufs=-13.5,
            correction=0.85,
            low_shelf_db=13.0,
            low_mid_db=-4.0,
            mid_db=-1.0,
            high_mid_db=10.0,
            high_shelf_db=-8.0,
            ratio=1.4,
            attack_ms=60.0,
            release_ms=150.0,
        ),
        Preset(
            name="live",
            label="Live",
            description="Forward: clearer low mids, voices in front, a wider stage",
            target_lufs=-15.0,
            correction=0.95,
            low_shelf_db=8.0,
            low_mid_db=-14.0,
            mid_db=7.0,
            high_mid_db=1.0,
            high_shelf_db=-15.0,
            width_db=1.5,
            ratio=1.15,
            attack_ms=80.0,
            release_ms=300.0,
        ),
    )
}
"""The presets that come with the product, by name."""
