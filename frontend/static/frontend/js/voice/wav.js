/** A recording as a WAV file: the one kind of sound that every service takes. */
import { RATE_HZ } from "frontend/voice/frames"

const HEAD_BYTES = 44

/** @param {Int16Array} samples  mono, 16 kHz @returns {Blob} */
export function wav(samples) {
  const head = new DataView(new ArrayBuffer(HEAD_BYTES))
  const bytes = samples.length * 2
  text(head, 0, "RIFF")
  head.setUint32(4, HEAD_BYTES - 8 + bytes, true)
  text(head, 8, "WAVEfmt ")
  head.setUint32(16, 16, true)
  head.setUint16(20, 1, true) // PCM
  head.setUint16(22, 1, true) // mono
  head.setUint32(24, RATE_HZ, true)
  head.setUint32(28, RATE_HZ * 2, true)
  head.setUint16(32, 2, true)
  head.setUint16(34, 16, true)
  text(head, 36, "data")
  head.setUint32(40, bytes, true)
  return new Blob([head.buffer, samples], { type: "audio/wav" })
}

function text(view, at, letters) {
  for (let nth = 0; nth < letters.length; nth++) view.setUint8(at + nth, letters.charCodeAt(nth))
}
