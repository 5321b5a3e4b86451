"""Rendering: decode → chain → resampler → encoder, for one whole track."""

from collections.abc import Iterator
from contextlib import closing

from auralisd.analysis.measure import Measuring
from auralisd.decode.decoder import open_track, refuse_damage
from auralisd.dsp.block import Block
from auralisd.dsp.chain import QUANTUM_FRAMES
from auralisd.dsp.channels import to_stereo
from auralisd.dsp.resampler import Resampler
from auralisd.export.encoder import Encoder
from auralisd.export.formats import Format
from auralisd.mastering.build import build_chain
from auralisd.model.plan import MasteringPlan


class Rendering:
    """One track into one file.

    Behind its end, `integrated_lufs` and `true_peak_dbtp` are those of the sound that was written (before a codec
    changes it), and `frames` of `rate_hz` its length.
    """

    def __init__(self, source: bytes, form: Format, plan: MasteringPlan) -> None:
        self._source = source
        self._form = form
        self._plan = plan
        self.frames = 0
        self.rate_hz = 0
        self.integrated_lufs: float | None = None
        self.true_peak_dbtp: float | None = None

    def into(self, target: bytes) -> Iterator[int]:
        """Write a file that must not be there yet; yields how many frames of the source are done, again and again.

        Raises TrackUnreadable for the source, NotWritten for the target, which is then in no state to be kept.
        """
        with closing(open_track(self._source, refuse_damage)) as decoder:
            source_hz = decoder.format.rate_hz
            self.rate_hz = self._form.rate_hz or source_hz
            chain, resampler = build_chain(self._plan, source_hz), Resampler(source_hz, self.rate_hz)
            encoder, measuring = Encoder(target, self._form, self.rate_hz), Measuring(self.rate_hz, 2)

            def put(block: Block) -> None:
                measuring.feed(block)
                encoder.write(block)

            done = 0
            try:
                while len(block := decoder.read(QUANTUM_FRAMES)):
                    put(resampler.process(chain.process(to_stereo(block))))
                    done += len(block)
                    yield done
                put(resampler.process(chain.flush()))
                put(resampler.flush())
                encoder.close()
            finally:
                encoder.abandon()
        profile = measuring.result()
        self.frames = encoder.frames
        self.integrated_lufs, self.true_peak_dbtp = profile.integrated_lufs, profile.true_peak_dbtp
