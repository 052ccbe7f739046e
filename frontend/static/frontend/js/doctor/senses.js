/** The microphone and the websocket, tried once each. */
import { microphones, obstacle, troubleOf } from "frontend/voice/microphone"

const LISTEN_MS = 1_500
const SOCKET_MS = 8_000

/** A session that nobody has: the site opens the socket, and says so by this code. */
const NOBODYS = "00000000-0000-4000-8000-000000000000"
const NO_SUCH_SESSION = 4404

/** Open the microphone for a moment. @returns {Promise<{trouble: string, count: number, level: number}>} */
export async function listen() {
  const found = { trouble: obstacle(), count: 0, level: 0 }
  if (found.trouble) return found
  let stream
  try {
    stream = await navigator.mediaDevices.getUserMedia({ audio: true })
  } catch (error) {
    return { ...found, trouble: troubleOf(error) }
  }
  try {
    found.count = (await microphones()).length
    found.level = await loudest(stream)
  } finally {
    stream.getTracks().forEach((track) => track.stop())
  }
  return found
}

async function loudest(stream) {
  const context = new AudioContext()
  try {
    await context.resume()
    const ear = context.createAnalyser()
    context.createMediaStreamSource(stream).connect(ear)
    const samples = new Float32Array(ear.fftSize)
    const until = performance.now() + LISTEN_MS
    let level = 0
    while (performance.now() < until) {
      await new Promise((done) => setTimeout(done, 50))
      ear.getFloatTimeDomainData(samples)
      level = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), level)
    }
    return Math.min(1, level)
  } finally {
    context.close()
  }
}

/**
 * Open a websocket to the site.
 *
 * @param {(id: string) => string} address  of a session's socket
 * @returns {Promise<{opened: boolean, tookMs: number, code: number}>}
 */
export function openSocket(address) {
  const beganMs = performance.now()
  const socket = new WebSocket(address(NOBODYS))
  return new Promise((answer) => {
    let tookMs = 0
    const tell = (opened, code) => answer({ opened, tookMs, code })
    const timer = setTimeout(() => socket.close(), SOCKET_MS)
    socket.onopen = () => (tookMs = performance.now() - beganMs)
    socket.onclose = ({ code }) => {
      clearTimeout(timer)
      tell(tookMs > 0 && code === NO_SUCH_SESSION, code)
    }
  })
}
