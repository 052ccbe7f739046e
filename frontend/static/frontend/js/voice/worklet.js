/**
 * The audio thread's half of the microphone: hears without a pause, whatever the page is
 * busy with. Nothing but loudness leaves it unless somebody speaks to us.
 */
import { Framer } from "./frames.js"
import { Listener } from "./listener.js"

class Ear extends AudioWorkletProcessor {
  #framer = new Framer(sampleRate)
  #listener = new Listener()
  #isClosed = false

  constructor() {
    super()
    this.port.onmessage = ({ data }) => this.#obey(data)
  }

  process([[samples]]) {
    if (samples) this.#framer.push(samples, (frame) => this.#tell(this.#listener.push(frame)))
    return !this.#isClosed
  }

  #obey({ order, ear, hasEcho }) {
    if (order === "listen") this.#tell(this.#listener.listen(ear))
    else if (order === "cancel") this.#tell(this.#listener.cancel())
    else if (order === "echo") this.#listener.hasEcho = hasEcho
    else this.#isClosed = true
  }

  #tell(events) {
    for (const event of events) {
      this.port.postMessage(event, event.samples ? [event.samples.buffer] : [])
    }
  }
}

registerProcessor("ear", Ear)
