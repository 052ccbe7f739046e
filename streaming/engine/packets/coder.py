"""VP8 pictures that refer to one whole picture only."""

import threading
from fractions import Fraction
from typing import Any, cast

import av
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType

_PICTURES_PER_S = 25
# libvpx's flags for one picture: what it may not look at, what it may not change.
_NO_REF_LAST = 1 << 16
_NO_UPD_LAST = 1 << 18
_NO_UPD_ENTROPY = 1 << 20
_NO_REF_ARF = 1 << 21
_NO_UPD_GF = 1 << 22
_NO_UPD_ARF = 1 << 23
_ALONE = (
    _NO_REF_LAST
    | _NO_UPD_LAST
    | _NO_UPD_ENTROPY
    | _NO_REF_ARF
    | _NO_UPD_GF
    | _NO_UPD_ARF
)
# A bitrate that is never enough: the whole picture, for which libvpx saves up, becomes
# as good as `qmin` allows, and all others are as good as `qmax`, always. They look as
# good as the whole one wherever they do not differ from it.
_OPTIONS = {
    "qmin": "4",
    "qmax": "26",
    "minrate": "100000",
    "maxrate": "100000",
    "bufsize": "1000000",
    "deadline": "good",
    "cpu-used": "3",
    "lag-in-frames": "0",
    "auto-alt-ref": "0",
    # Else the context of one picture's motion is the picture before.
    "error-resilient": "default",
}


class Coder:
    """Encodes pictures of one size; from any thread, one at a time."""

    def __init__(self, whole: av.VideoFrame) -> None:
        self._lock = threading.Lock()
        self._count = 0
        self._context = _context(whole)
        self._marking = _marking(whole)
        self.whole = self._encode(whole, PictureType.I)

    def encode(self, picture: av.VideoFrame) -> bytes:
        """The picture for a viewer who has the whole one. Takes milliseconds."""
        with self._lock:
            self._count += 1
            picture.pts = self._count
            picture.time_base = Fraction(1, _PICTURES_PER_S)
            self._marking.push(picture)
            marked = cast(av.VideoFrame, self._marking.pull())
            return self._encode(marked, PictureType.NONE)

    def _encode(self, picture: av.VideoFrame, kind: PictureType) -> bytes:
        picture.pts = self._count
        picture.time_base = Fraction(1, _PICTURES_PER_S)
        picture.pict_type = kind
        (packet,) = self._context.encode(picture)
        return bytes(packet)


def _context(picture: av.VideoFrame) -> VideoCodecContext:
    context = cast(Any, av.CodecContext.create("libvpx", "w"))
    context.width = picture.width
    context.height = picture.height
    context.pix_fmt = "yuv420p"
    context.bit_rate = int(_OPTIONS["maxrate"])
    context.gop_size = 2**30
    context.time_base = Fraction(1, _PICTURES_PER_S)
    context.framerate = _PICTURES_PER_S
    context.thread_count = 1
    context.options = dict(_OPTIONS)
    return cast(VideoCodecContext, context)


def _marking(picture: av.VideoFrame) -> av.filter.Graph:
    """What writes the flags onto a picture, for which PyAV has no way of its own."""
    graph = av.filter.Graph()
    source = graph.add_buffer(
        width=picture.width,
        height=picture.height,
        format=picture.format,
        time_base=Fraction(1, _PICTURES_PER_S),
    )
    mark = graph.add("metadata", f"mode=add:key=vp8-flags:value={_ALONE}")
    sink = graph.add("buffersink")
    source.link_to(mark)
    mark.link_to(sink)
    graph.configure()
    return graph
