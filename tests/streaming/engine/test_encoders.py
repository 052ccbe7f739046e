"""The face survives its encoding, at every quality and in both codecs."""

from fractions import Fraction
from typing import cast

import av
import numpy as np
import pytest
from aiortc.codecs import depayload, get_capabilities
from aiortc.rtcrtpparameters import RTCRtpCodecParameters

from streaming.engine import face
from streaming.engine.encoders import Bitrate, Budget, make_encoder
from streaming.engine.orders import QUALITIES, Quality

PICTURES = 25
_DECODERS = {"VP8": "libvpx", "H264": "h264"}


def performance(quality: Quality) -> list[av.VideoFrame]:
    """A second of an avatar that is alive."""
    stage = face.stage("june", width=quality.width, height=quality.height)
    performer = face.Performer("june", seed=1)
    frames = []
    for number in range(PICTURES):
        frame = stage.picture(performer.pose_at(number / 25))
        frame.pts = number * 3600
        frame.time_base = Fraction(1, 90_000)
        frames.append(frame)
    return frames


def received(codec: str, payloads: list[bytes]) -> bytes:
    """What a viewer puts together from one picture's packets."""
    parameters = RTCRtpCodecParameters(mimeType=f"video/{codec}", clockRate=90_000)
    return b"".join(depayload(parameters, payload) for payload in payloads)


def likeness_db(sent: "np.ndarray", shown: "np.ndarray") -> float:
    error = np.mean((sent.astype(float) - shown.astype(float)) ** 2)
    return float(10 * np.log10(255**2 / max(error, 1e-9)))


@pytest.mark.parametrize("codec", ["VP8", "H264"])
@pytest.mark.parametrize("quality", QUALITIES.values(), ids=QUALITIES)
def test_pictures_arrive_as_they_were_drawn_within_the_budget(
    codec: str, quality: Quality
):
    encoder = make_encoder(codec, quality.bitrate)
    decoder = cast(av.VideoCodecContext, av.CodecContext.create(_DECODERS[codec], "r"))
    frames = performance(quality)
    sizes, likenesses = [], []
    for frame in frames:
        sent = frame.to_ndarray(format="gray")
        data = received(codec, encoder.encode(frame)[0])
        sizes.append(len(data))
        (shown,) = decoder.decode(av.Packet(data))
        likenesses.append(likeness_db(sent, shown.to_ndarray(format="gray")))

    assert min(likenesses) > 36
    assert np.mean(likenesses) > 40
    # The first picture is whole, and may cost what the buffer allows.
    assert 8 * sum(sizes[1:]) < 1.3 * quality.bitrate.best_bps


@pytest.mark.parametrize("codec", ["VP8", "H264"])
def test_a_viewer_that_lost_pictures_gets_a_whole_one(codec: str):
    quality = QUALITIES["low"]
    encoder = make_encoder(codec, quality.bitrate)
    frames = performance(quality)
    for frame in frames[:5]:
        encoder.encode(frame)

    whole = received(codec, encoder.encode(frames[5], force_keyframe=True)[0])

    decoder = cast(av.VideoCodecContext, av.CodecContext.create(_DECODERS[codec], "r"))
    assert len(decoder.decode(av.Packet(whole))) == 1


@pytest.mark.parametrize("codec", ["VP8", "H264"])
def test_a_narrow_line_is_used_with_fewer_bits(codec: str):
    quality = QUALITIES["high"]
    encoder = make_encoder(codec, quality.bitrate)

    encoder.target_bitrate = 900_000
    encoder.target_bitrate = 100_000

    assert encoder.target_bitrate == quality.bitrate.least_bps
    assert encoder.encode(performance(quality)[0])[0]


def test_aiortc_can_send_both_codecs():
    offered = {codec.name for codec in get_capabilities("video").codecs}

    assert set(_DECODERS) <= offered


@pytest.mark.parametrize(
    ("estimates", "bps"),
    [
        ([], 1_000_000),
        ([300_000], 1_000_000),
        ([300_000, 350_000, 500_000], 1_000_000),
        ([900_000, 800_000], 1_000_000),
        ([900_000, 600_000], 600_000),
        ([500_000, 450_000], 450_000),
        ([900_000, 100_000], 400_000),
        ([900_000, 600_000, 700_000], 600_000),
        ([900_000, 600_000, 950_000], 950_000),
        ([900_000, 600_000, 2_000_000], 1_000_000),
        ([900_000, 600_000, 2_000_000, 9_000_000], 1_000_000),
    ],
)
def test_the_bitrate_follows_a_line_that_gets_full_within_its_bounds(
    estimates: list[int], bps: int
):
    budget = Budget(Bitrate(best_bps=1_000_000, least_bps=400_000))

    for estimate in estimates:
        budget.hear(estimate)

    assert budget.now_bps == bps
