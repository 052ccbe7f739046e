/**
 * Painting a keyed video onto a canvas: on the GPU where there is one, pixel by pixel where
 * there is not. Both leave the canvas transparent where the screen was.
 */
import { CLEAR, greenExcess, keyPixels, screenColour, SOLID, SPILL } from "frontend/media/key"

const VERTEX = `#version 300 es
in vec2 corner;
out vec2 at;
void main() {
  at = vec2(corner.x, 1.0 - corner.y);
  gl_Position = vec4(corner * 2.0 - 1.0, 0.0, 1.0);
}`

/**
 * The arithmetic of `frontend/media/key`, with colours from 0 to 1, and a neighbourhood: a
 * pixel is as solid as those around it, drawn in a little, so that edges are soft and their
 * rim of mixed colours is gone. Next to the screen all green excess is spill; further in,
 * green eyes may stay green.
 */
const FRAGMENT = `#version 300 es
precision highp float;
uniform sampler2D frame;
uniform float whole;  // the screen's green excess
uniform vec3 shares;  // SPILL, SOLID, CLEAR
in vec2 at;
out vec4 colour;

float excess(vec3 c) {
  return max(0.0, c.g - max(c.r, c.b));
}

float solidity(vec2 point) {
  float share = excess(texture(frame, point).rgb) / whole;
  return 1.0 - smoothstep(shares.y, shares.z, share);
}

void main() {
  vec2 apart = 1.5 / vec2(textureSize(frame, 0)); // video has half as many colours as dots
  float around = 0.0;
  for (int x = -1; x <= 1; x++)
    for (int y = -1; y <= 1; y++)
      around += solidity(at + vec2(x, y) * apart) / 9.0;

  vec3 c = texture(frame, at).rgb;
  float own = smoothstep(shares.x, shares.y, excess(c) / whole);
  float beside = 1.0 - smoothstep(0.9, 1.0, around);
  c.g -= excess(c) * max(own, beside);
  float alpha = smoothstep(0.55, 1.0, around);
  colour = vec4(c * alpha, alpha);
}`

/** Keys on the GPU. Throws where WebGL2 is missing. */
class WebglKeyer {
  kind = "webgl"
  #gl
  #program
  #canvas

  constructor(canvas) {
    const gl = canvas.getContext("webgl2", { alpha: true, antialias: false })
    if (!gl) throw new Error("WebGL2 is not available")
    this.#gl = gl
    this.#canvas = canvas
    this.#program = link(gl)
    this.#prepare()
  }

  draw(video, screen) {
    const gl = this.#gl
    resize(this.#canvas, video.videoWidth, video.videoHeight)
    gl.viewport(0, 0, gl.drawingBufferWidth, gl.drawingBufferHeight)
    gl.uniform1f(this.#at("whole"), greenExcess(screen) / 255)
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, video)
    gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4)
  }

  #prepare() {
    const gl = this.#gl
    gl.useProgram(this.#program)
    gl.uniform3f(this.#at("shares"), SPILL, SOLID, CLEAR)

    gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer())
    gl.bufferData(gl.ARRAY_BUFFER, new Float32Array([0, 0, 1, 0, 0, 1, 1, 1]), gl.STATIC_DRAW)
    const corner = gl.getAttribLocation(this.#program, "corner")
    gl.enableVertexAttribArray(corner)
    gl.vertexAttribPointer(corner, 2, gl.FLOAT, false, 0, 0)

    gl.bindTexture(gl.TEXTURE_2D, gl.createTexture())
    for (const side of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) {
      gl.texParameteri(gl.TEXTURE_2D, side, gl.CLAMP_TO_EDGE)
    }
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR)
  }

  #at(name) {
    return this.#gl.getUniformLocation(this.#program, name)
  }
}

/** Keys on the CPU, at the size shown rather than the stream's: reading back is what costs. */
class CanvasKeyer {
  kind = "canvas"
  #canvas
  #context

  constructor(canvas) {
    this.#canvas = canvas
    this.#context = canvas.getContext("2d", { willReadFrequently: true })
  }

  draw(video, screen) {
    const width = Math.min(video.videoWidth, this.#canvas.clientWidth || video.videoWidth)
    const height = Math.round((width * video.videoHeight) / video.videoWidth)
    resize(this.#canvas, width, height)
    this.#context.drawImage(video, 0, 0, width, height)
    const image = this.#context.getImageData(0, 0, width, height)
    keyPixels(image.data, screen)
    this.#context.putImageData(image, 0, 0)
  }
}

/**
 * Keys a video onto a canvas for as long as it is on.
 *
 * A canvas keeps its first kind of context for life, so each `VideoKeying` belongs to one
 * canvas and its keyer is made once.
 */
export class VideoKeying {
  #video
  #canvas
  #onScreen
  #keyer = null
  #screen = null
  #isOn = false

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
  }

  /** "webgl", "canvas", or "" before the first use. */
  get kind() {
    return this.#keyer?.kind ?? ""
  }

  start() {
    if (this.#isOn) return
    this.#isOn = true
    this.#screen = undefined
    this.#keyer ??= createKeyer(this.#canvas)
    this.#frame()
  }

  stop() {
    this.#isOn = false
  }

  #frame() {
    if (!this.#isOn) return
    if (this.#video.videoWidth) this.#paint()
    nextFrame(this.#video, () => this.#frame())
  }

  #paint() {
    if (!this.#screen) this.#look()
    if (this.#screen) this.#keyer.draw(this.#video, this.#screen)
  }

  /** Find the screen's colour; the first frames of a stream may still be black. */
  #look() {
    const found = screenColour(cornerPixels(this.#video))
    if (found !== this.#screen) this.#onScreen(found !== null)
    this.#screen = found
  }
}

function createKeyer(canvas) {
  try {
    return new WebglKeyer(canvas)
  } catch {
    return new CanvasKeyer(canvas)
  }
}

function nextFrame(video, paint) {
  if ("requestVideoFrameCallback" in video) video.requestVideoFrameCallback(paint)
  else requestAnimationFrame(paint)
}

function resize(canvas, width, height) {
  if (canvas.width !== width) canvas.width = width
  if (canvas.height !== height) canvas.height = height
}

/** A few pixels of both upper corners, where a head never is. */
function cornerPixels(video) {
  const canvas = new OffscreenCanvas(16, 8)
  const context = canvas.getContext("2d", { willReadFrequently: true })
  const { videoWidth: width, videoHeight: height } = video
  const [w, h] = [width * 0.06, height * 0.12]
  context.drawImage(video, width * 0.01, height * 0.02, w, h, 0, 0, 8, 8)
  context.drawImage(video, width * 0.93, height * 0.02, w, h, 8, 0, 8, 8)
  return context.getImageData(0, 0, 16, 8).data
}

function link(gl) {
  const program = gl.createProgram()
  for (const [kind, source] of [
    [gl.VERTEX_SHADER, VERTEX],
    [gl.FRAGMENT_SHADER, FRAGMENT],
  ]) {
    const shader = gl.createShader(kind)
    gl.shaderSource(shader, source)
    gl.compileShader(shader)
    gl.attachShader(program, shader)
  }
  gl.linkProgram(program)
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) {
    throw new Error(gl.getProgramInfoLog(program) ?? "The shader does not link")
  }
  return program
}
