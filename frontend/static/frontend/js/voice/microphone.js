/** The device: asked for, opened, watched, and let go of again. */

/** Why there is no microphone. */
const TROUBLES = {
  NotAllowedError: "denied",
  SecurityError: "denied",
  NotFoundError: "no-device",
  OverconstrainedError: "no-device",
  NotReadableError: "in-use",
  AbortError: "in-use",
}

/** @param {Error} error  of `openMicrophone` @returns {string} a state; see `wording` */
export function troubleOf(error) {
  return TROUBLES[error.name] ?? "unsupported"
}

/** What keeps this browser from having a microphone at all, or "". */
export function obstacle() {
  if (!isSecureContext) return "insecure"
  return navigator.mediaDevices?.getUserMedia && globalThis.AudioWorkletNode ? "" : "unsupported"
}

/** Whether it may be opened without a question. */
export async function isAllowed() {
  try {
    const { state } = await navigator.permissions.query({ name: "microphone" })
    return state === "granted"
  } catch {
    return false // not every browser answers this
  }
}

/** The microphones there are; nameless, and thus left out, before one was allowed. */
export async function microphones() {
  const devices = (await navigator.mediaDevices?.enumerateDevices?.()) ?? []
  return devices
    .filter(({ kind, label }) => kind === "audioinput" && label)
    .map(({ deviceId, label }) => ({ id: deviceId, name: label }))
}

/**
 * Open a microphone. What is heard comes as the events of `Listener`.
 *
 * @param {object} means
 * @param {string} means.deviceId  "" leaves the choice to the browser
 * @param {(event: {type: string}) => void} means.onHeard
 * @param {() => void} means.onLost  it was unplugged, or taken away
 */
export async function openMicrophone({ deviceId, onHeard, onLost }) {
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: {
      deviceId: deviceId ? { ideal: deviceId } : undefined,
      channelCount: 1,
      echoCancellation: true,
      noiseSuppression: true,
      autoGainControl: true,
    },
  })
  const [track] = stream.getAudioTracks()
  const context = new AudioContext({ latencyHint: "interactive" })
  const letGo = () => {
    track.onended = null
    track.stop()
    if (context.state !== "closed") context.close()
  }
  try {
    await context.audioWorklet.addModule(import.meta.resolve("frontend/voice/worklet"))
    const ear = new AudioWorkletNode(context, "ear", { channelCount: 1, channelCountMode: "explicit" })
    ear.port.onmessage = ({ data }) => onHeard(data)
    context.createMediaStreamSource(stream).connect(ear)
    ear.connect(context.destination) // it says nothing there, but only what is heard is run
    await context.resume()
    track.onended = () => {
      letGo()
      onLost()
    }
    return new Microphone(track, ear.port, letGo)
  } catch (error) {
    letGo()
    throw error
  }
}

class Microphone {
  #track
  #port
  #letGo

  constructor(track, port, letGo) {
    this.#track = track
    this.#port = port
    this.#letGo = letGo
  }

  get name() {
    return this.#track.label
  }

  /** Whether the avatar's own voice is taken out of what is heard. */
  get cancelsEcho() {
    return this.#track.getSettings().echoCancellation !== false
  }

  /** @param {import("frontend/voice/listener").Ear} ear */
  listen(ear) {
    this.#port.postMessage({ order: "listen", ear })
  }

  cancel() {
    this.#port.postMessage({ order: "cancel" })
  }

  /** @param {boolean} hasEcho  whether the avatar speaks */
  expectEcho(hasEcho) {
    this.#port.postMessage({ order: "echo", hasEcho })
  }

  close() {
    this.#port.postMessage({ order: "close" })
    this.#letGo()
  }
}
