"""Video encoders for drawn pictures, in the place of aiortc's own.

aiortc starts every stream at the same bitrate, follows each estimate of the viewer's
by building a new encoder (with a key frame each time), and tunes for camera noise. A
drawn face has none, and its session knows from the start what it may cost.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import av
from aiortc.codecs.base import Encoder
from aiortc.codecs.h264 import H264Encoder
from aiortc.codecs.vpx import Vp8Encoder
from av.frame import Frame
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType, VideoFrame

from streaming.engine.clock import PICTURES_PER_S

_KEY_FRAME_AFTER_FRAMES = 3000


@dataclass(frozen=True, slots=True)
class Bitrate:
    """What a stream starts with, at most costs, and never goes below."""

    best_bps: int
    least_bps: int

    def within(self, estimate_bps: int) -> int:
        return max(self.least_bps, min(estimate_bps, self.best_bps))


class Budget:
    """Which bitrate to encode at, given what the viewer's end estimates.

    Estimates begin far too low and climb for half a minute, whatever the line is like:
    only one that falls tells of a line that is full. And only changes by a third or
    more count, since each costs a key frame.
    """

    def __init__(self, bitrate: Bitrate) -> None:
        self._bitrate = bitrate
        self._last_bps = 0
        self._is_narrow = False
        self.now_bps = bitrate.best_bps

    def hear(self, estimate_bps: int) -> None:
        fell = estimate_bps < self._last_bps
        self._last_bps = estimate_bps
        wanted = self._bitrate.within(estimate_bps)
        if fell and wanted < 0.75 * self.now_bps:
            self._is_narrow = True
            self.now_bps = wanted
        elif self._is_narrow and (
            wanted > 1.33 * self.now_bps or wanted == self._bitrate.best_bps
        ):
            self._is_narrow = wanted < self._bitrate.best_bps
            self.now_bps = wanted


class BudgetedEncoder(Encoder):
    """libav's encoder at a session's budget, opened anew when the budget changes.

    Stands before an encoder of aiortc in the line of classes, and leaves it the packing.
    """

    def __init__(self, bitrate: Bitrate) -> None:
        super().__init__()
        self._budget = Budget(bitrate)
        self._context: VideoCodecContext | None = None

    @property
    def target_bitrate(self) -> int:
        return self._budget.now_bps

    @target_bitrate.setter
    def target_bitrate(self, bitrate: int) -> None:
        self._budget.hear(bitrate)

    def encode(
        self, frame: Frame, force_keyframe: bool = False
    ) -> tuple[list[bytes], int]:
        picture = cast(VideoFrame, frame)
        picture.pict_type = PictureType.I if force_keyframe else PictureType.NONE
        bps = self._budget.now_bps
        if self._context is None or self._context.bit_rate != bps:
            self._context = self._opened(picture, bps)
        for packet in self._context.encode(picture):
            return self.pack(packet)
        return [], 0

    def _opened(self, picture: VideoFrame, bps: int) -> VideoCodecContext:
        raise NotImplementedError


class _Vp8(BudgetedEncoder, Vp8Encoder):
    def _opened(self, picture: VideoFrame, bps: int) -> VideoCodecContext:
        return _context("libvpx", picture, bps, _vp8_options(bps))


class _H264(BudgetedEncoder, H264Encoder):
    def _opened(self, picture: VideoFrame, bps: int) -> VideoCodecContext:
        context = _context("libx264", picture, bps, _h264_options(bps))
        context.profile = "Baseline"
        return context


def make_encoder(codec: str, bitrate: Bitrate) -> BudgetedEncoder:
    """An encoder for "VP8" or "H264", in the shape in which aiortc wants one."""
    return _H264(bitrate) if codec == "H264" else _Vp8(bitrate)


def _context(
    codec: str, picture: VideoFrame, bps: int, options: Mapping[str, str]
) -> VideoCodecContext:
    context = cast(Any, av.CodecContext.create(codec, "w"))
    context.width = picture.width
    context.height = picture.height
    context.pix_fmt = "yuv420p"
    context.bit_rate = bps
    context.gop_size = _KEY_FRAME_AFTER_FRAMES
    context.time_base = picture.time_base
    context.framerate = PICTURES_PER_S
    context.thread_count = 1
    context.options = dict(options)
    return cast(VideoCodecContext, context)


def _vp8_options(bps: int) -> Mapping[str, str]:
    return {
        # Three seconds of buffer, so that the first picture may be good at once.
        "bufsize": str(3 * bps),
        "minrate": str(bps),
        "maxrate": str(bps),
        # Below this a drawing looks no better, and costs twice the bits.
        "qmin": "10",
        "qmax": "48",
        "cpu-used": "-12",
        "deadline": "realtime",
        "lag-in-frames": "0",
        "overshoot-pct": "15",
        "undershoot-pct": "100",
        "partitions": "0",
        "static-thresh": "100",
    }


def _h264_options(bps: int) -> Mapping[str, str]:
    return {
        "preset": "superfast",
        "tune": "zerolatency",
        "level": "31",
        "qmin": "18",
        "maxrate": str(bps),
        "bufsize": str(3 * bps),
    }
