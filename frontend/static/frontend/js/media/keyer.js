/**
 * Painting a keyed video onto a canvas, picture by picture: on the GPU or without, whichever is
 * quicker here. Both leave the canvas transparent where the screen was.
 */
import { colourFrom, KEY_DEFAULTS, keyFor, screenColour } from "frontend/media/key"
import { keep, Pace, quicker, recalled, timeCpu, timeGpu } from "frontend/media/keyer-choice"
import { CpuKeyer } from "frontend/media/keyer-cpu"
import { GpuKeyer } from "frontend/media/keyer-gpu"

/** How often a picture without a screen is looked at again. */
const LOOK_EVERY_MS = 250
const LOSSES_BORNE = 2
const RESTORED_WITHIN_MS = 3_000
const MEASURED_AGAIN_AFTER_MS = 60_000

/**
 * Keys a video onto a canvas for as long as it is on.
 *
 * A canvas keeps its first kind of context for life, so a change of ways puts another canvas
 * in its place.
 */
export class VideoKeying {
  #video
  #canvas
  #onScreen
  #settings = KEY_DEFAULTS
  #keyer = null
  #key = null
  /** undefined: nobody has looked; null: there is none. */
  #screen = undefined
  #size = { width: 0, height: 0 }
  #lookedAt = -Infinity
  #probe = null
  #isOn = false
  #awaited = 0
  #losses = 0
  #hasGpu = true
  #pace = null
  #measuredAt = -Infinity
  #listening = new AbortController()

  /**
   * @param {object} means
   * @param {HTMLVideoElement} means.video
   * @param {HTMLCanvasElement} means.canvas
   * @param {(found: boolean) => void} means.onScreen
   *   whether the picture has a green screen; called when that becomes known or changes
   */
  constructor({ video, canvas, onScreen }) {
    this.#video = video
    this.#canvas = canvas
    this.#onScreen = onScreen
    const { signal } = this.#listening
    document.addEventListener("visibilitychange", () => this.#await(), { signal })
  }

  /** "webgl", "canvas", or "" before the first use. */
  get kind() {
    return this.#keyer?.kind ?? ""
  }

  /** @param {import("frontend/media/key").KeySettings} settings */
  set settings(settings) {
    const isOther = settings.colour !== this.#settings.colour
    this.#settings = settings
    this.#key = null
    if (isOther) this.#forgetScreen()
  }

  start() {
    if (this.#isOn) return
    this.#isOn = true
    this.#screen = undefined
    this.#forgetScreen()
    this.#await()
  }

  stop() {
    this.#isOn = false
    this.#cancel()
  }

  /** Stop for good and give everything back. */
  destroy() {
    this.stop()
    this.#listening.abort()
    this.#keyer?.destroy()
    this.#keyer = null
  }

  /**
   * The colour at a place of the picture, given as shares of its sides, or null without one.
   *
   * @returns {import("frontend/media/key").Colour|null}
   */
  colourAt(x, y) {
    if (!this.#hasPicture) return null
    const { videoWidth: width, videoHeight: height } = this.#video
    this.#probe ??= probe()
    const [left, top] = [clamp(x * width - 2, width - 4), clamp(y * height - 2, height - 4)]
    this.#probe.drawImage(this.#video, left, top, 4, 4, 0, 0, 1, 1)
    const [red, green, blue] = this.#probe.getImageData(0, 0, 1, 1).data
    return { red, green, blue }
  }

  /** A stream that has just been exchanged may know its size, and have nothing to draw. */
  get #hasPicture() {
    const { readyState, videoWidth } = this.#video
    return videoWidth > 0 && readyState >= HTMLMediaElement.HAVE_CURRENT_DATA
  }

  #forgetScreen() {
    this.#lookedAt = -Infinity
    if (this.#screen !== undefined) this.#screen = null
    this.#key = null
  }

  #await() {
    this.#cancel()
    if (!this.#isOn || document.hidden) return
    const video = this.#video
    if ("requestVideoFrameCallback" in video) {
      this.#awaited = video.requestVideoFrameCallback(this.#frame)
    } else {
      this.#awaited = requestAnimationFrame(this.#frame)
    }
  }

  #cancel() {
    if (!this.#awaited) return
    if ("cancelVideoFrameCallback" in this.#video) this.#video.cancelVideoFrameCallback(this.#awaited)
    else cancelAnimationFrame(this.#awaited)
    this.#awaited = 0
  }

  #frame = () => {
    this.#awaited = 0
    if (!this.#isOn) return
    if (this.#hasPicture) this.#paint()
    this.#await()
  }

  #paint() {
    if (!this.#screen) this.#look()
    if (!this.#screen) return
    this.#keyer ??= this.#firstKeyer()
    if (this.#keyer.isLost) return
    const began = performance.now()
    this.#draw(this.#keyer)
    const isSlow = this.#pace?.note(performance.now() - began) ?? this.kind === "canvas"
    if (isSlow && this.#hasGpu && began - this.#measuredAt > MEASURED_AGAIN_AFTER_MS) this.#measure()
  }

  #draw(keyer) {
    if (!this.#screen || !this.#hasPicture) return
    this.#key ??= keyFor(this.#screen, this.#settings)
    this.#size.width = this.#video.videoWidth
    this.#size.height = this.#video.videoHeight
    keyer.draw(this.#video, this.#size, this.#key)
  }

  /** Find the screen's colour; the first pictures of a stream may still be black. */
  #look() {
    const now = performance.now()
    if (now - this.#lookedAt < LOOK_EVERY_MS) return
    this.#lookedAt = now
    this.#probe ??= probe()
    const found = colourFrom(this.#settings.colour) ?? screenColour(borderPixels(this.#video, this.#probe))
    const isNews = this.#screen === undefined || Boolean(found) !== Boolean(this.#screen)
    this.#screen = found
    if (isNews) this.#onScreen(found !== null)
  }

  /** The way that was the quicker one here; before that is known, the one that always works. */
  #firstKeyer() {
    const gpu = this.#gpuKeyer()
    if (!gpu) return this.#take(new CpuKeyer(blank(this.#canvas)))
    const known = recalled(gpu.renderer)
    if (known) this.#pace = new Pace(known.ms)
    if (known?.kind === "webgl") return this.#take(gpu)
    gpu.destroy()
    return this.#take(new CpuKeyer(blank(this.#canvas)))
  }

  /** Time both ways, and go on with the quicker one. */
  async #measure() {
    this.#measuredAt = performance.now()
    const gpu = this.#gpuKeyer()
    if (!gpu) return
    const cpu = new CpuKeyer(blank(this.#canvas), this.#canvas.clientWidth)
    const canvasMs = timeCpu(() => this.#draw(cpu))
    const webglMs = await timeGpu(gpu, () => this.#draw(gpu))
    cpu.destroy()
    if (!this.#hasPicture) return gpu.destroy() // it went away while it was timed
    const kind = quicker({ webglMs, canvasMs })
    const ms = kind === "webgl" ? 0 : canvasMs
    keep({ renderer: gpu.renderer, kind, ms })
    this.#pace = new Pace(ms)
    if (this.#keyer && kind !== this.kind) {
      if (kind === "webgl") return void this.#take(gpu)
      this.#take(new CpuKeyer(blank(this.#canvas)))
    }
    gpu.destroy()
  }

  /** A keyer on the GPU that is not in use yet, or null. */
  #gpuKeyer() {
    if (!this.#hasGpu) return null
    try {
      return new GpuKeyer(blank(this.#canvas))
    } catch {
      this.#hasGpu = false
      return null
    }
  }

  /** Work with `keyer` from now on: its canvas takes the place of the other's. */
  #take(keyer) {
    const before = this.#keyer
    keyer.canvas.hidden = this.#canvas.hidden
    this.#canvas.replaceWith(keyer.canvas)
    this.#canvas = keyer.canvas
    this.#keyer = keyer
    before?.destroy()
    if (keyer.kind === "webgl") this.#watch(keyer)
    return keyer
  }

  /** Browsers take contexts away and give them back; not every one, and not for ever. */
  #watch(keyer) {
    keyer.canvas.addEventListener("webglcontextlost", (event) => {
      if (this.#keyer !== keyer) return
      event.preventDefault()
      this.#losses += 1
      if (this.#losses > LOSSES_BORNE) this.#doWithoutGpu()
      else setTimeout(() => this.#keyer === keyer && keyer.isLost && this.#doWithoutGpu(), RESTORED_WITHIN_MS)
    })
    keyer.canvas.addEventListener("webglcontextrestored", () => {
      if (this.#keyer === keyer) keyer.prepare()
    })
  }

  #doWithoutGpu() {
    this.#hasGpu = false
    this.#pace = null
    this.#take(new CpuKeyer(blank(this.#canvas)))
  }
}

/** A canvas like the one on the page, without what was drawn there. */
function blank(canvas) {
  return canvas.cloneNode()
}

function probe() {
  return new OffscreenCanvas(16, 8).getContext("2d", { willReadFrequently: true })
}

/** A few pixels of both upper corners, where a head never is. */
function borderPixels(video, context) {
  const { videoWidth: width, videoHeight: height } = video
  const [w, h] = [width * 0.06, height * 0.12]
  context.drawImage(video, width * 0.01, height * 0.02, w, h, 0, 0, 8, 8)
  context.drawImage(video, width * 0.93, height * 0.02, w, h, 8, 0, 8, 8)
  return context.getImageData(0, 0, 16, 8).data
}

function clamp(value, most) {
  return Math.max(0, Math.min(most, value))
}
