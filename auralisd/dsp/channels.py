"""Channels: every source folded to the two that are mastered and heard.

Channel order is that of WAV and FLAC.  Coefficients follow ITU-R BS.775: centre and surrounds at −3 dB, no LFE;
each row is then divided by the sum of the louder row, so that a fold never passes the source's own peak.
"""

from typing import Final

import numpy as np

from auralisd.dsp.block import Block

_HALF: Final = 0.5**0.5

# One (left, right) pair for each channel of the source.
_FRONT: Final = ((1.0, 0.0), (0.0, 1.0))
_CENTRE: Final = ((_HALF, _HALF),)
_LFE: Final = ((0.0, 0.0),)
_PAIR: Final = ((_HALF, 0.0), (0.0, _HALF))
_BACK_CENTRE: Final = ((0.5, 0.5),)

_FOLDS: Final = {
    3: _FRONT + _CENTRE,
    4: _FRONT + _PAIR,
    5: _FRONT + _CENTRE + _PAIR,
    6: _FRONT + _CENTRE + _LFE + _PAIR,
    7: _FRONT + _CENTRE + _LFE + _BACK_CENTRE + _PAIR,
    8: _FRONT + _CENTRE + _LFE + _PAIR + _PAIR,
}


def to_stereo(block: Block) -> Block:
    """Fold (frames, 1..8) to (frames, 2).  Stereo passes as it is, mono goes to both sides."""
    channels = block.shape[1]
    if channels == 2:
        return block
    if channels == 1:
        return np.repeat(block, 2, axis=1)
    fold = fold_of(channels)
    folded = np.zeros((len(block), 2), np.float32)
    # Channel by channel, not as one matrix product: that would round differently for different block sizes.
    for channel, (left, right) in enumerate(fold):
        if left:
            folded[:, 0] += block[:, channel] * np.float32(left)
        if right:
            folded[:, 1] += block[:, channel] * np.float32(right)
    return folded


def fold_of(channels: int) -> tuple[tuple[float, float], ...]:
    """What each of 3..8 channels gives to left and right."""
    if channels not in _FOLDS:
        raise ValueError(f"sound has 1 to 8 channels, not {channels}")
    fold = _FOLDS[channels]
    most = max(sum(left for left, _ in fold), sum(right for _, right in fold))
    return tuple((left / most, right / most) for left, right in fold)
