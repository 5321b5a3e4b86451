"""The bars: the numbers that the sound is held to, each in one place.  docs/quality.md explains them row by row."""

from typing import Final

# 1 Loudness and 2 true peak
LOUDNESS_ERROR_LU: Final = 0.2
TRUE_PEAK_OVER_DB: Final = 0.05
TRUE_PEAK_OVER_DRIVEN_DB: Final = 0.3
DRIVEN_DB: Final = 6.0
"""More gain reduction than this is driven."""

# 3 Limiter alone, 6 dB over its ceiling
THD_N_DB: Final = {50.0: -40.0, 100.0: -100.0, 997.0: -100.0}
SMPTE_IMD_DB: Final = -42.0

# 4 and 5 Independence of cut and seek; 6 nulls; 15 alignment
REQUEST_FRAMES: Final = (1, 13, 441, 1_024, 4_096, 44_100, 441_000)
NEUTRAL_NULL_DB: Final = -120.0

# 7 Riding and 8 crushing
RIDING_LIMITER_DB: Final = 0.7
RIDING_CHAIN_DB: Final = 1.5
RANGE_CHANGE_LU: Final = 1.5
RANGE_CHANGE_FULL_LU: Final = 2.5
PEAK_TO_LOUDNESS_DB: Final = 12.0
"""The peak-to-loudness ratio may fall to this; below it no further than it was."""
PEAK_TO_LOUDNESS_SLACK_DB: Final = 0.1
"""What tone alone does to the height of a wave."""
PEAK_TO_LOUDNESS_LOSS_DB: Final = 3.0
LOSS_TARGET_LUFS: Final = -16.0

# 9 Spectrum
DISTANCE_FALLS: Final = 0.20
DISTANCE_MAY_RISE_DB: Final = 0.05
"""What a finite measurement makes of no change."""
MOST_EQ_DB: Final = 4.0

# 10 Idempotence
AGAIN_LOUDNESS_LU: Final = 0.3
AGAIN_REDUCTION_DB: Final = 0.1
AGAIN_NULL_DB: Final = -100.0
AGAIN_EQ_DB: Final = 0.5

# 11 Mono
FOLD_DOWN_LU: Final = 0.2
SIDE_IN_BASS_DB: Final = -12.0
LOWEST_CORRELATION: Final = 0.0

# 12 Changes while playing
HIGH_TRANSIENT_DB: Final = 0.5

# 13 Meter against libebur128
METER_LU: Final = 0.02
METER_PEAK_DB: Final = (-0.4, 0.2)

# 14 Speed, x real time on one core: must, aim
CHAIN_WITH_DECODE: Final = (60.0, 200.0)
CHAIN_WITHOUT_DECODE: Final = (80.0, 200.0)
ANALYSIS_WITH_DECODE: Final = (120.0, 300.0)
FASTER_THAN_PEERS: Final = (3.0, 10.0)

# 16 Transparency of the limiter, ViSQOL in audio mode
VISQOL_AT_14: Final = 4.65

# 17 Presets
PRESETS_DIFFER_DB: Final = 1.0
INTENSITIES: Final = (0.25, 0.5, 0.75, 1.0)

# Music already near its target is left nearly alone
NEAR_TARGET_LU: Final = 1.0
NEAR_TARGET_EQ_DB: Final = 1.0
NEAR_TARGET_REDUCTION_P99_DB: Final = 1.0
