import { between, sample } from "frontend/media/stats"
import { equal, test } from "tests/runner"

const report = (video = {}, pair = {}) =>
  new Map([
    ["v", { type: "inbound-rtp", kind: "video", framesDecoded: 0, bytesReceived: 0, packetsReceived: 0, packetsLost: 0, jitter: 0, freezeCount: 0, frameWidth: 854, frameHeight: 480, jitterBufferDelay: 0, jitterBufferEmittedCount: 0, ...video }],
    ["a", { type: "inbound-rtp", kind: "audio", bytesReceived: 1000, packetsLost: 1, jitter: 0.004 }],
    ["p", { type: "candidate-pair", nominated: true, state: "succeeded", currentRoundTripTime: 0.012, ...pair }],
    ["q", { type: "candidate-pair", nominated: false, state: "waiting", currentRoundTripTime: 9 }],
  ])

test("two samples make rates", () => {
  const before = sample(report(), 1000)
  const now = sample(
    report({ framesDecoded: 125, bytesReceived: 500_000, jitter: 0.0084, packetsReceived: 97, packetsLost: 3, freezeCount: 1, totalFreezesDuration: 0.4, jitterBufferDelay: 6.25, jitterBufferEmittedCount: 125 }),
    6000,
  )
  equal(between(before, now), {
    fps: 25,
    kbit_s: 800,
    rtt_ms: 12,
    jitter_ms: 8.4,
    buffer_ms: 50,
    packets_lost: 3,
    freezes: 1,
    freezes_total: 1,
    width: 854,
    height: 480,
    av_offset_ms: null,
    lost_percent: 3,
    frozen_ms: 400,
    heard_bytes: 0,
    relayed: 0,
  })
})

test("counters that began anew count from nought", () => {
  const before = sample(report({ framesDecoded: 900 }), 0)
  equal(between(before, sample(report({ framesDecoded: 50 }), 2000)).fps, 25)
})

test("an empty report is all noughts", () => {
  const empty = sample(new Map(), 0)
  equal(between(empty, sample(new Map(), 5000)), {
    fps: 0, kbit_s: 0, rtt_ms: 0, jitter_ms: 0, buffer_ms: 0, packets_lost: 0, freezes: 0, freezes_total: 0, width: 0, height: 0, av_offset_ms: null, lost_percent: 0, frozen_ms: 0, heard_bytes: 0, relayed: 0,
  })
})

test("freezes are counted since the last report and in all", () => {
  const before = sample(report({ freezeCount: 3 }), 0)
  const { freezes, freezes_total } = between(before, sample(report({ freezeCount: 5 }), 5000))
  equal([freezes, freezes_total], [2, 5])
})

test("the picture's lead over the sound is the difference of what plays now", () => {
  const lead = (video, audio) => {
    const now = report({ estimatedPlayoutTimestamp: video })
    now.get("a").estimatedPlayoutTimestamp = audio
    return between(sample(now, 0), sample(now, 5000)).av_offset_ms
  }
  equal(lead(3_900_000_000_012.34, 3_900_000_000_000), 12.3)
  equal(lead(3_900_000_000_000, 3_900_000_000_040), -40)
  equal(lead(3_900_000_000_000, undefined), null)
})
