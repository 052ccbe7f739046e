/**
 * Keying on the GPU, in two passes: a small picture of what is solid, from whose levels the
 * colours beside a seam are read, then the picture itself.
 */
import { LIGHT_WEIGHT } from "frontend/media/key"

const VERTEX = `#version 300 es
in vec2 corner;
uniform float flip;  // pictures begin at the top, canvases at the bottom
out vec2 at;
void main() {
  at = vec2(corner.x, mix(corner.y, 1.0 - corner.y, flip));
  gl_Position = vec4(corner * 2.0 - 1.0, 0.0, 1.0);
}`

const SHARED = `#version 300 es
precision highp float;
uniform sampler2D frame;
uniform vec2 along;   // the screen's chroma over its square
uniform float clear;
in vec2 at;

vec3 ycc(vec3 c) {
  float y = dot(c, vec3(0.299, 0.587, 0.114));
  return vec3(y, 0.564 * (c.b - y), 0.713 * (c.r - y));
}

float share(vec2 chroma) {
  return dot(chroma, along) - abs(chroma.x * along.y - chroma.y * along.x);
}`

/** One dot for 4 x 4 of the picture: colours, times how solid they are. */
const SOLIDS = `${SHARED}
layout(location = 0) out vec4 solids;
layout(location = 1) out vec4 screens;

void main() {
  vec2 dot1 = 1.0 / vec2(textureSize(frame, 0));
  solids = screens = vec4(0.0);
  for (int i = 0; i < 4; i++) {
    vec3 c = texture(frame, at + (vec2(i & 1, i >> 1) * 2.0 - 1.0) * dot1).rgb;
    float part = max(0.0, share(ycc(c).yz)) / clear;
    float rest = max(0.0, 1.0 - part);
    solids += vec4(c, 1.0) * rest * rest * rest * rest / 4.0;
    screens += smoothstep(0.55, 1.0, part) / 4.0;
  }
}`

const KEYED = `${SHARED}
out vec4 colour;
uniform sampler2D solids;
uniform sampler2D screens;
uniform vec3 screen;  // as lightness and chroma
uniform vec2 range;   // what of the seam is shown from clear to solid
uniform float blur;
uniform vec2 spill;   // how much, and whether from the things' own colour too

vec3 rgb(vec3 c) {
  float r = c.x + c.z / 0.713;
  float b = c.x + c.y / 0.564;
  return vec3(r, (c.x - 0.299 * r - 0.114 * b) / 0.587, b);
}

vec3 around(vec2 dot1) {
  vec3 sum = vec3(0.0);
  for (int i = 0; i < 4; i++)
    sum += texture(frame, at + (vec2(i & 1, i >> 1) - 0.5) * dot1).rgb;
  if (blur == 0.0) return sum / 4.0;
  vec3 far = vec3(0.0);
  for (int x = -1; x <= 1; x++)
    for (int y = -1; y <= 1; y++)
      far += texture(frame, at + (vec2(x, y) * 2.0) * dot1).rgb * float((2 - abs(x)) * (2 - abs(y)));
  return mix(sum / 4.0, far / 16.0, blur);
}

void main() {
  vec3 c = texture(frame, at).rgb;
  float about = textureLod(screens, at, 2.0).r;
  if (about < 0.002) {
    colour = vec4(c, 1.0);
    return;
  }
  vec2 dot1 = 1.0 / vec2(textureSize(frame, 0));
  vec4 wide = textureLod(solids, at, 3.0);
  vec4 near = textureLod(solids, at, 0.0) + 0.15 * textureLod(solids, at, 1.0) + 0.02 * wide;
  vec3 own = ycc(c);
  vec3 soft = ycc(around(dot1));
  float green = share(soft.yz);

  float alone = 1.0 - smoothstep(0.0, clear, green);
  vec3 solid = ycc(near.rgb / max(near.a, 0.001));
  vec3 apart = (solid - screen) * vec3(${LIGHT_WEIGHT.toFixed(2)}, 1.0, 1.0);
  vec3 mixed = vec3(mix(own.x, soft.x, 0.5 + 0.5 * blur), soft.yz) - screen;
  float between = dot(mixed, apart) / max(dot(solid - screen, apart), 0.001);
  float alpha = mix(alone, between, smoothstep(0.0, 0.06, near.a));
  alpha = clamp((alpha - range.x) / (range.y - range.x), 0.0, 1.0);
  alpha = max(alpha, 1.0 - smoothstep(0.0, 0.08, textureLod(screens, at, 0.0).r));

  float ofTheirOwn = max(0.0, share(ycc(wide.rgb / max(wide.a, 0.001)).yz)) * (1.0 - spill.y);
  float beside = smoothstep(0.0, 0.25, about);
  vec3 clean = solid - screen * max(0.0, share(solid.yz) - ofTheirOwn) * spill.x;
  vec3 rest = own - (1.0 - alpha) * screen;
  float glow = max(0.0, share(own.yz) - (1.0 - alpha) - ofTheirOwn) * spill.x * beside;
  vec3 inside = rest - glow * screen;
  float seam = 1.0 - smoothstep(0.8, 1.0, alpha);
  vec3 edge = vec3(mix(alpha * clean.x, rest.x, 0.5), mix(rest.yz, alpha * clean.yz, spill.x));
  vec3 shown = rgb(mix(inside, edge, seam));
  colour = vec4(clamp(shown, 0.0, alpha), alpha);
}`

/** Keys on the GPU. Throws where WebGL2 is missing. */
export class GpuKeyer {
  kind = "webgl"
  #gl
  #passes
  #frame
  #maps
  #target
  #size = { width: 0, height: 0 }
  #key = null

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas
    const gl = canvas.getContext("webgl2", { alpha: true, antialias: false, depth: false })
    if (!gl) throw new Error("WebGL2 is not available")
    this.#gl = gl
    this.prepare()
  }

  /** The name of what draws, as far as the browser tells it. */
  get renderer() {
    const gl = this.#gl
    const more = gl.getExtension("WEBGL_debug_renderer_info")
    return String(gl.getParameter(more?.UNMASKED_RENDERER_WEBGL ?? gl.RENDERER))
  }

  get isLost() {
    return this.#gl.isContextLost()
  }

  /** Make everything that lives in the context; again after it was lost. */
  prepare() {
    const gl = this.#gl
    this.#size = { width: 0, height: 0 }
    this.#key = null
    this.#passes = [pass(gl, SOLIDS), pass(gl, KEYED)]
    gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer())
    gl.bufferData(gl.ARRAY_BUFFER, new Float32Array([0, 0, 1, 0, 0, 1, 1, 1]), gl.STATIC_DRAW)
    gl.enableVertexAttribArray(0)
    gl.vertexAttribPointer(0, 2, gl.FLOAT, false, 0, 0)
    this.#frame = texture(gl, 0, gl.LINEAR)
    this.#maps = [1, 2].map((unit) => texture(gl, unit, gl.LINEAR_MIPMAP_LINEAR))
    this.#target = gl.createFramebuffer()
  }

  /**
   * @param {TexImageSource} source
   * @param {{width: number, height: number}} size the source's
   * @param {ReturnType<import("frontend/media/key").keyFor>} key
   */
  draw(source, size, key) {
    const gl = this.#gl
    this.#fit(size)
    if (key !== this.#key) this.#tell(key)
    const { width, height } = this.#size
    const [solids, keyed] = this.#passes
    gl.activeTexture(gl.TEXTURE0)
    gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, source)
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.#target)
    gl.viewport(0, 0, width >> 2, height >> 2)
    gl.useProgram(solids.program)
    gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4)
    gl.bindFramebuffer(gl.FRAMEBUFFER, null)
    for (const unit of [gl.TEXTURE1, gl.TEXTURE2]) {
      gl.activeTexture(unit)
      gl.generateMipmap(gl.TEXTURE_2D)
    }
    gl.viewport(0, 0, width, height)
    gl.useProgram(keyed.program)
    gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4)
  }

  /** Resolves when everything is really drawn, or after `mostMs`; for measuring. */
  drawn(mostMs) {
    const gl = this.#gl
    const sign = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0)
    gl.flush()
    const began = performance.now()
    return new Promise((done) => {
      const look = () => {
        const isOver = gl.isContextLost() || gl.clientWaitSync(sign, 0, 0) !== gl.TIMEOUT_EXPIRED
        if (!isOver && performance.now() - began < mostMs) return void setTimeout(look, 1)
        gl.deleteSync(sign)
        done()
      }
      look()
    })
  }

  /** Give all that the context holds back. The canvas cannot be used again. */
  destroy() {
    this.#gl.getExtension("WEBGL_lose_context")?.loseContext()
  }

  #fit({ width, height }) {
    if (this.#size.width === width && this.#size.height === height) return
    const gl = this.#gl
    this.#size = { width, height }
    Object.assign(this.canvas, this.#size)
    gl.activeTexture(gl.TEXTURE0)
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, width, height, 0, gl.RGBA, gl.UNSIGNED_BYTE, null)
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.#target)
    const targets = [gl.COLOR_ATTACHMENT0, gl.COLOR_ATTACHMENT1]
    for (const [index, target] of targets.entries()) {
      gl.activeTexture(gl.TEXTURE1 + index)
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, width >> 2, height >> 2, 0, gl.RGBA, gl.UNSIGNED_BYTE, null)
      gl.generateMipmap(gl.TEXTURE_2D)
      gl.framebufferTexture2D(gl.FRAMEBUFFER, target, gl.TEXTURE_2D, this.#maps[index], 0)
    }
    gl.drawBuffers(targets)
  }

  #tell(key) {
    const gl = this.#gl
    this.#key = key
    for (const [index, { program, at }] of this.#passes.entries()) {
      gl.useProgram(program)
      gl.uniform1i(at("frame"), 0)
      gl.uniform1i(at("solids"), 1)
      gl.uniform1i(at("screens"), 2)
      gl.uniform1f(at("flip"), index)
      gl.uniform2f(at("along"), key.alongB * 255, key.alongR * 255)
      gl.uniform1f(at("clear"), key.clear)
      gl.uniform3f(at("screen"), key.y / 255, key.cb / 255, key.cr / 255)
      gl.uniform2f(at("range"), key.low, key.high)
      gl.uniform1f(at("blur"), key.blur)
      gl.uniform2f(at("spill"), key.spill, key.deep)
    }
  }
}

function texture(gl, unit, filter) {
  const made = gl.createTexture()
  gl.activeTexture(gl.TEXTURE0 + unit)
  gl.bindTexture(gl.TEXTURE_2D, made)
  for (const side of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) {
    gl.texParameteri(gl.TEXTURE_2D, side, gl.CLAMP_TO_EDGE)
  }
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, filter)
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.LINEAR)
  return made
}

function pass(gl, fragment) {
  const program = gl.createProgram()
  for (const [kind, source] of [
    [gl.VERTEX_SHADER, VERTEX],
    [gl.FRAGMENT_SHADER, fragment],
  ]) {
    const shader = gl.createShader(kind)
    gl.shaderSource(shader, source)
    gl.compileShader(shader)
    gl.attachShader(program, shader)
    gl.deleteShader(shader)
  }
  gl.bindAttribLocation(program, 0, "corner")
  gl.linkProgram(program)
  if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) {
    throw new Error(gl.getProgramInfoLog(program) ?? "The shader does not link")
  }
  return { program, at: (name) => gl.getUniformLocation(program, name) }
}
