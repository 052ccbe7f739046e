/** Reading `RTCPeerConnection.getStats()`: what an operator wants to know, in few numbers. */

/**
 * @typedef {object} Sample  raw counters at one moment
 * @property {number} atMs
 * @property {number} frames
 * @property {number} bytes
 * @property {number} lost
 * @property {number} freezes
 * @property {number} jitterMs
 * @property {number} rttMs
 * @property {number} bufferedS
 * @property {number} emitted
 * @property {number} width
 * @property {number} height
 * @property {number|null} avOffsetMs  by how much the picture is ahead of the sound
 * @property {number} received   packets of both kinds
 * @property {number} frozenMs
 * @property {number} heardBytes  of sound
 * @property {boolean} relayed     whether a relay is in between
 */

/**
 * Pick the counters out of a report (a map of stats objects, or any iterable of them).
 *
 * @param {{values(): Iterable<any>}} report
 * @param {number} atMs
 * @returns {Sample}
 */
export function sample(report, atMs) {
  const all = [...report.values()]
  const inbound = all.filter(({ type }) => type === "inbound-rtp")
  const video = inbound.find(({ kind }) => kind === "video") ?? {}
  const audio = inbound.find(({ kind }) => kind === "audio") ?? {}
  const pair = all.find(({ type, nominated, state }) =>
    type === "candidate-pair" && nominated && state === "succeeded") ?? {}
  return {
    atMs,
    frames: video.framesDecoded ?? 0,
    bytes: sum(inbound, "bytesReceived"),
    lost: sum(inbound, "packetsLost"),
    freezes: video.freezeCount ?? 0,
    jitterMs: 1000 * Math.max(video.jitter ?? 0, audio.jitter ?? 0),
    rttMs: 1000 * (pair.currentRoundTripTime ?? 0),
    bufferedS: video.jitterBufferDelay ?? 0,
    emitted: video.jitterBufferEmittedCount ?? 0,
    width: video.frameWidth ?? 0,
    height: video.frameHeight ?? 0,
    avOffsetMs: offsetMs(video, audio),
    received: sum(inbound, "packetsReceived"),
    frozenMs: 1000 * (video.totalFreezesDuration ?? 0),
    heardBytes: audio.bytesReceived ?? 0,
    relayed: [pair.localCandidateId, pair.remoteCandidateId].some(
      (id) => all.find((one) => one.id === id && id)?.candidateType === "relay",
    ),
  }
}

/**
 * By how much the picture is ahead of the sound, or null when the browser cannot say: both
 * say which moment of the sender's clock is playing now, once its reports have come.
 */
function offsetMs(video, audio) {
  const offset = video.estimatedPlayoutTimestamp - audio.estimatedPlayoutTimestamp
  return Number.isFinite(offset) ? offset : null
}

/**
 * What happened between two samples, ready to be sent. Counters that went backwards (a new
 * connection) count from zero.
 *
 * @param {Sample} before
 * @param {Sample} now
 */
export function between(before, now) {
  const seconds = Math.max(0.001, (now.atMs - before.atMs) / 1000)
  const since = (name) => (now[name] >= before[name] ? now[name] - before[name] : now[name])
  const emitted = since("emitted")
  return {
    fps: round(since("frames") / seconds, 1),
    kbit_s: Math.round((since("bytes") * 8) / 1000 / seconds),
    rtt_ms: Math.round(now.rttMs),
    jitter_ms: round(now.jitterMs, 1),
    buffer_ms: emitted ? Math.round((since("bufferedS") / emitted) * 1000) : 0,
    packets_lost: since("lost"),
    freezes: since("freezes"),
    freezes_total: now.freezes,
    width: now.width,
    height: now.height,
    av_offset_ms: now.avOffsetMs === null ? null : round(now.avOffsetMs, 1),
    lost_percent: percent(since("lost"), since("received")),
    frozen_ms: Math.round(since("frozenMs")),
    heard_bytes: since("heardBytes"),
    relayed: Number(now.relayed),
  }
}

function sum(stats, name) {
  return stats.reduce((total, one) => total + (one[name] ?? 0), 0)
}

function percent(lost, received) {
  const all = lost + received
  return all > 0 ? round((100 * Math.max(0, lost)) / all, 1) : 0
}

function round(value, digits) {
  return Number(value.toFixed(digits))
}
