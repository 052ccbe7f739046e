"""How long a recording plays, read from its container. All pure, nothing is decoded.

Each function raises `Unreadable`, and nothing else, for bytes that it cannot make sense of.
"""

import struct
from collections.abc import Iterator

_RATES_HZ = range(8_000, 192_001)


class Unreadable(Exception):
    """The container is damaged, or holds something else than we take."""


# WAV ------------------------------------------------------------------------------------

_PCM, _FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE


def wav_duration_s(data: bytes) -> float:
    """What is really there counts: recorders that stream leave the sizes open."""
    at, frame_rate = 12, 0
    while at + 8 <= len(data):
        name, size = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        at += 8
        if name == b"fmt " and at + 16 <= len(data):
            frame_rate = _bytes_per_s(data[at : at + 16])
        elif name == b"data":
            if not frame_rate:
                raise Unreadable("its format comes after its sound.")
            return min(size, len(data) - at) / frame_rate
        at += size + size % 2
    raise Unreadable("there is no sound in it.")


def _bytes_per_s(header: bytes) -> int:
    kind, channels, rate_hz, _, _, bits = struct.unpack("<HHIIHH", header)
    if kind not in (_PCM, _FLOAT, _EXTENSIBLE) or bits not in (8, 16, 24, 32, 64):
        raise Unreadable("only uncompressed sound is taken.")
    if not 1 <= channels <= 8 or rate_hz not in _RATES_HZ:
        raise Unreadable("its sample rate or channels make no sense.")
    return int(channels * rate_hz * bits // 8)


# Ogg ------------------------------------------------------------------------------------

_OPUS_HZ = 48_000  # Opus counts in this rate, whatever was recorded
_NO_GRANULE = (1 << 64) - 1  # no packet ends on this page


def ogg_opus_duration_s(data: bytes) -> float:
    if b"OpusHead" not in data[:256]:
        raise Unreadable("only Opus is taken in it.")
    at = len(data)
    while (at := data.rfind(b"OggS", 0, at)) >= 0:
        granule = int.from_bytes(data[at + 6 : at + 14], "little")
        if at + 14 <= len(data) and granule != _NO_GRANULE:
            return granule / _OPUS_HZ
    raise Unreadable("there is no sound in it.")


# WebM -----------------------------------------------------------------------------------

_SEGMENT, _INFO, _CLUSTER, _BLOCK_GROUP = 0x18538067, 0x1549A966, 0x1F43B675, 0xA0
_ENTERED = {_SEGMENT, _INFO, _CLUSTER, _BLOCK_GROUP}
_SCALE, _CLUSTER_TIME, _SIMPLE_BLOCK, _BLOCK = 0x2AD7B1, 0xE7, 0xA3, 0xA1
_USUAL_SCALE_NS = 1_000_000
_BLOCK_S = 0.02  # what the last block usually plays


def webm_duration_s(data: bytes) -> float:
    """Browsers record without saying how long it will be, so the blocks tell."""
    scale_ns, cluster, last, blocks = _USUAL_SCALE_NS, 0, 0, 0
    for name, body in _elements(data):
        if name == _SCALE:
            scale_ns = int.from_bytes(body, "big") or _USUAL_SCALE_NS
        elif name == _CLUSTER_TIME:
            cluster = int.from_bytes(body, "big")
        elif name in (_SIMPLE_BLOCK, _BLOCK) and len(body) >= 4:
            track_length = _vint_length(body[0])
            ticks = body[track_length : track_length + 2]
            last = max(last, cluster + int.from_bytes(ticks, "big", signed=True))
            blocks += 1
    if not blocks:
        raise Unreadable("there is no sound in it.")
    return last * scale_ns / 1e9 + _BLOCK_S


def _elements(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Every element, flat: those that hold others are entered and not passed over."""
    at = 0
    while at + 2 <= len(data):
        name_length = _vint_length(data[at])
        name = int.from_bytes(data[at : at + name_length], "big")
        at += name_length
        if at >= len(data):
            return
        size_length = _vint_length(data[at])
        size = int.from_bytes(data[at : at + size_length], "big")
        size &= (1 << (7 * size_length)) - 1
        at += size_length
        if name not in _ENTERED:
            yield name, data[at : at + min(size, 64)]
            at += size


def _vint_length(first: int) -> int:
    if not first:
        raise Unreadable("it is not WebM any more in the middle.")
    return 9 - first.bit_length()


# MP4 ------------------------------------------------------------------------------------

_BOXES_ENTERED = {b"moov", b"trak", b"mdia", b"mvex", b"moof", b"traf"}


def mp4_duration_s(data: bytes) -> float:
    """From the track's header, or, where it was recorded in fragments, from those."""
    timescale, whole, fragments, per_sample = 0, 0, 0, 0
    for name, body in _boxes(data):
        if name == b"mdhd" and not timescale:
            timescale, whole = _media_header(body)
        elif name == b"trex":
            per_sample = _uint32(body, 12)
        elif name == b"tfhd":
            per_sample = _track_fragment_duration(body) or per_sample
        elif name == b"trun":
            fragments += _run_ticks(body, per_sample)
    if not timescale:
        raise Unreadable("there is no sound in it.")
    return max(whole, fragments) / timescale


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Every box, flat."""
    at = 0
    while at + 8 <= len(data):
        size, name, head = _uint32(data, at), data[at + 4 : at + 8], 8
        if size == 1 and at + 16 <= len(data):
            size, head = int.from_bytes(data[at + 8 : at + 16], "big"), 16
        elif size == 0:  # until the end of the file
            size = len(data) - at
        if size < head:
            raise Unreadable("it is not MP4 any more in the middle.")
        if name in _BOXES_ENTERED:
            at += head
        else:
            yield name, data[at + head : at + size]
            at += size


def _media_header(body: bytes) -> tuple[int, int]:
    if body[:1] == b"\x01":
        return _uint32(body, 20), int.from_bytes(body[24:32], "big")
    return _uint32(body, 12), _uint32(body, 16)


def _track_fragment_duration(body: bytes) -> int:
    flags = _uint32(body, 0) & 0xFFFFFF
    if not flags & 0x8:
        return 0
    return _uint32(body, 8 + 8 * bool(flags & 0x1) + 4 * bool(flags & 0x2))


def _run_ticks(body: bytes, per_sample: int) -> int:
    flags, count = _uint32(body, 0) & 0xFFFFFF, _uint32(body, 4)
    if not flags & 0x100:
        return count * per_sample
    first = 8 + 4 * bool(flags & 0x1) + 4 * bool(flags & 0x4)
    step = 4 * sum(bool(flags & each) for each in (0x100, 0x200, 0x400, 0x800))
    ends = min(len(body) - 3, first + count * step)
    return sum(_uint32(body, at) for at in range(first, ends, step))


def _uint32(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 4], "big")
