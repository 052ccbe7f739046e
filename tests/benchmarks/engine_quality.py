"""How like its drawing a talking face arrives: packets beside live encoding.

    .venv/bin/python -m tests.benchmarks.engine_quality

SSIM is the mean over blocks of 8 x 8 of brightness, at 480p, over ten seconds after
the first two; "shown" compares with the picture of the pose that was asked for, "made"
with the one that was sent for it, which may have another of the mouths.
"""

from fractions import Fraction

import av
import numpy as np
from aiortc.codecs import depayload
from aiortc.codecs.vpx import Vp8Encoder
from aiortc.rtcrtpparameters import RTCRtpCodecParameters

from streaming.engine.encoders import Bitrate, make_encoder
from streaming.engine.face import Mood, MouthKey, Performer, Viseme, stage
from streaming.engine.packets.scenes import Drawing
from streaming.engine.packets.shots import shot
from tests.benchmarks.machine import machine

WIDTH, HEIGHT = 854, 480
SETTLED = 50
PICTURES = 300
_CODEC = RTCRtpCodecParameters(mimeType="video/VP8", clockRate=90_000)
Luma = np.ndarray


def main() -> None:
    print(machine())
    keys = [MouthKey(0.1 * i, viseme) for i, viseme in enumerate([*Viseme] * 12)]
    performer = Performer("june", seed=3)
    performer.set_mood(Mood.SPEAKING, 0.0)
    performer.say(0.0, keys, keys[-1].at_s)
    poses = [performer.pose_at(number / 25) for number in range(PICTURES)]
    on = stage("june", width=WIDTH, height=HEIGHT)
    drawing = Drawing(on)
    drawn = [_luma(on.picture(pose)) for pose in poses]
    made = [_luma(on.picture(shot(pose))) for pose in poses]

    for name, encoder in (
        ("stock aiortc", Vp8Encoder()),
        ("live, 1000 kbit/s", make_encoder("VP8", Bitrate(1_000_000, 400_000))),
        ("live, 400 kbit/s", make_encoder("VP8", Bitrate(400_000, 400_000))),
    ):
        data = []
        for number, pose in enumerate(poses):
            picture = on.picture(pose)
            picture.pts, picture.time_base = number * 3600, Fraction(1, 90_000)
            payloads, _ = encoder.encode(picture)
            data.append(b"".join(depayload(_CODEC, payload) for payload in payloads))
        _tell(name, data, drawn, _decoder())

    packets = [drawing.picture(shot(pose)) for pose in poses]
    for name, wanted in (("packets, made", made), ("packets, shown", drawn)):
        decoder = _decoder()
        decoder.decode(av.Packet(drawing.whole()))
        _tell(name, packets, wanted, decoder)


def _tell(
    name: str, data: list[bytes], drawn: list[Luma], decoder: av.VideoCodecContext
) -> None:
    seen = [_luma(decoder.decode(av.Packet(each))[0]) for each in data]
    pairs = list(zip(drawn, seen, strict=True))[SETTLED:]
    sizes = [len(each) for each in data[SETTLED:]]
    likeness = [ssim(a, b) for a, b in pairs]
    second = [sum(sizes[at : at + 25]) for at in range(len(sizes) - 25)]
    print(
        f"{name:18} SSIM {np.mean(likeness):.4f} (least {min(likeness):.4f}),"
        f" PSNR {np.mean([psnr_db(a, b) for a, b in pairs]):.1f} dB,"
        f" {np.mean(sizes) * 0.2:.0f} kbit/s, in the worst second"
        f" {max(second) * 0.008:.0f}, largest picture {max(sizes)} bytes"
    )


def ssim(one: Luma, other: Luma) -> float:
    a, b = _blocks(one), _blocks(other)
    mean_a, mean_b = a.mean(-1), b.mean(-1)
    both = (a * b).mean(-1) - mean_a * mean_b
    luminance = (2 * mean_a * mean_b + 6.5) / (mean_a**2 + mean_b**2 + 6.5)
    return float(
        (luminance * (2 * both + 58.5) / (a.var(-1) + b.var(-1) + 58.5)).mean()
    )


def psnr_db(one: Luma, other: Luma) -> float:
    return float(10 * np.log10(255**2 / max(float(np.mean((one - other) ** 2)), 1e-9)))


def _blocks(luma: Luma) -> Luma:
    rows, columns = luma.shape[0] // 8, luma.shape[1] // 8
    cut = luma[: rows * 8, : columns * 8].reshape(rows, 8, columns, 8)
    return cut.transpose(0, 2, 1, 3).reshape(rows, columns, 64)


def _luma(picture: av.VideoFrame) -> Luma:
    return picture.to_ndarray(format="gray").astype(float)


def _decoder() -> av.VideoCodecContext:
    return av.CodecContext.create("libvpx", "r")


if __name__ == "__main__":
    main()
