/**
 * Keying without a GPU, at the size shown rather than the stream's. Colours are looked at in
 * blocks of 4 x 4: most are all screen or all solid, and only the seam between is worked
 * out dot by dot, in the same way as by the shaders.
 */
import { fillShares, seamDot, share, softStep } from "frontend/media/key"

/** What the table of shares calls none, and how far from there it calls one. */
const NONE = 64
const ONE = 128
/** Of the map of blocks: each level has half the size of the one before. */
const LEVELS = 4
/** Per block: red, green, blue, how solid it is, how much of it is screen. */
const PARTS = 5

const KEPT = 0
const SCREEN = 1
const GLOW = 2
const SEAM = 3

export class CpuKeyer {
  kind = "canvas"
  #context
  #shownWidth
  #table = new Uint8Array(32_768)
  #solidity = new Float32Array(256)
  #screenness = new Float32Array(256)
  #key = null
  #width = 0
  #height = 0
  #maps = []
  #kinds = new Uint8Array(0)
  #near = new Float32Array(0)
  #seams = new Uint32Array(0)
  #fresh = new Uint8Array(0)
  #middle = new Float32Array(PARTS)
  #closer = new Float32Array(PARTS)
  #wide = new Float32Array(PARTS)
  #soft = new Float32Array(3)
  #dot = new Uint8ClampedArray(4)

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {number} shownWidth for a canvas that is not on the page
   */
  constructor(canvas, shownWidth = 0) {
    this.canvas = canvas
    this.#shownWidth = shownWidth
    this.#context = canvas.getContext("2d", { willReadFrequently: true })
    this.#context.globalCompositeOperation = "copy"
  }

  get isLost() {
    return false
  }

  /** @param {CanvasImageSource} source */
  draw(source, { width, height }, key) {
    const shown = this.canvas.clientWidth || this.#shownWidth || width
    const scale = Math.min(1, shown / width)
    this.#fit(Math.round(width * scale), Math.round(height * scale))
    if (key !== this.#key) this.#tell(key)
    this.#context.drawImage(source, 0, 0, this.#width, this.#height)
    const image = this.#context.getImageData(0, 0, this.#width, this.#height)
    this.#paint(image.data)
    this.#context.putImageData(image, 0, 0)
  }

  destroy() {
    this.#fit(0, 0)
  }

  #fit(width, height) {
    if (this.#width === width && this.#height === height) return
    Object.assign(this.canvas, { width, height })
    this.#context.globalCompositeOperation = "copy"
    this.#width = width
    this.#height = height
    let [columns, rows] = [(width + 3) >> 2, (height + 3) >> 2]
    this.#kinds = new Uint8Array(columns * rows)
    this.#fresh = new Uint8Array(columns * rows)
    this.#near = new Float32Array(PARTS * columns * rows)
    this.#seams = new Uint32Array(16 * columns * rows)
    this.#maps = Array.from({ length: LEVELS }, () => {
      const map = { columns, rows, dots: new Float32Array(PARTS * columns * rows) }
      columns = Math.max(1, columns >> 1)
      rows = Math.max(1, rows >> 1)
      return map
    })
  }

  #tell(key) {
    this.#key = key
    fillShares(this.#table, key)
    for (let code = 0; code < 256; code += 1) {
      const part = Math.max(0, code - NONE) / ONE / key.clear
      this.#solidity[code] = Math.max(0, 1 - part) ** 4
      this.#screenness[code] = softStep(0.55, 1, part)
    }
  }

  #paint(data) {
    const words = new Uint32Array(data.buffer)
    this.#look(words)
    for (let level = 1; level < LEVELS; level += 1) halve(this.#maps[level - 1], this.#maps[level])
    this.#sort()
    // What dots beside it are made of is read from the picture as it came, so seams are
    // worked out first and laid in afterwards.
    this.#each(SEAM, (column, row, block) => this.#work(data, column, row, block))
    this.#each(SCREEN, (column, row) => this.#clear(words, column, row))
    this.#each(GLOW, (column, row) => this.#dim(words, data, column, row))
    this.#each(SEAM, (column, row, block) => this.#lay(words, column, row, block))
  }

  #each(kind, does) {
    const { columns } = this.#maps[0]
    const kinds = this.#kinds
    for (let block = 0; block < kinds.length; block += 1) {
      if (kinds[block] === kind) does(block % columns, (block / columns) | 0, block)
    }
  }

  /** What each block is made of, from one dot of each 2 x 2: these share their chroma. */
  #look(words) {
    const { columns, rows, dots } = this.#maps[0]
    const [width, height, table] = [this.#width, this.#height, this.#table]
    for (let row = 0, at = 0; row < rows; row += 1) {
      const first = 4 * row * width
      const second = Math.min(4 * row + 2, height - 1) * width
      for (let column = 0; column < columns; column += 1, at += PARTS) {
        const left = 4 * column
        const right = Math.min(left + 2, width - 1)
        let [red, green, blue, solid, screen] = [0, 0, 0, 0, 0]
        for (let i = 0; i < 4; i += 1) {
          const word = words[(i & 2 ? second : first) + (i & 1 ? right : left)]
          const code = table[((word >> 3) & 31) | ((word >> 6) & 0x3e0) | ((word >> 9) & 0x7c00)]
          const weight = this.#solidity[code]
          red += weight * (word & 255)
          green += weight * ((word >> 8) & 255)
          blue += weight * ((word >> 16) & 255)
          solid += weight
          screen += this.#screenness[code]
        }
        dots[at] = red / 4
        dots[at + 1] = green / 4
        dots[at + 2] = blue / 4
        dots[at + 3] = solid / 4
        dots[at + 4] = screen / 4
      }
    }
  }

  /** Find the blocks that are screen, those beside it, and those that it may glow on. */
  #sort() {
    const { columns, rows, dots } = this.#maps[0]
    const kinds = this.#kinds
    for (let row = 0, block = 0; row < rows; row += 1) {
      for (let column = 0; column < columns; column += 1, block += 1) {
        let [least, most] = [1, 0]
        for (let y = Math.max(0, row - 1); y <= Math.min(rows - 1, row + 1); y += 1) {
          for (let x = Math.max(0, column - 1); x <= Math.min(columns - 1, column + 1); x += 1) {
            const screen = dots[PARTS * (y * columns + x) + 4]
            if (screen < least) least = screen
            if (screen > most) most = screen
          }
        }
        kinds[block] = least > 0.98 ? SCREEN : most > 0 ? SEAM : KEPT
      }
    }
    this.#fresh.fill(1)
    for (let row = 0, block = 0; row < rows; row += 1) {
      for (let column = 0; column < columns; column += 1, block += 1) {
        if (kinds[block] === SEAM) this.#blendAround(column, row)
        else if (kinds[block] === KEPT && this.#readWide(column, row)[4] >= 0.002) kinds[block] = GLOW
      }
    }
  }

  /** The colour that things have about each block: its own where known, else from afar. */
  #blendAround(column, row) {
    const { columns, rows, dots } = this.#maps[0]
    for (let y = Math.max(0, row - 1); y <= Math.min(rows - 1, row + 1); y += 1) {
      for (let x = Math.max(0, column - 1); x <= Math.min(columns - 1, column + 1); x += 1) {
        const block = y * columns + x
        if (!this.#fresh[block]) continue
        this.#fresh[block] = 0
        const middle = read(this.#maps[1], x, y, 1, this.#middle)
        const wide = this.#readWide(x, y)
        const at = PARTS * block
        for (let i = 0; i < 4; i += 1) {
          this.#near[at + i] = dots[at + i] + 0.15 * middle[i] + 0.02 * wide[i]
        }
        this.#near[at + 4] = dots[at + 4]
      }
    }
  }

  /** What the surroundings are made of; the screen's glow reaches less far than they do. */
  #readWide(column, row) {
    const wide = read(this.#maps[3], column, row, 3, this.#wide)
    wide[4] = read(this.#maps[2], column, row, 2, this.#closer)[4]
    return wide
  }

  /** How much of the screen's chroma the things about a block have by themselves. */
  #theirOwn(wide) {
    const solid = Math.max(wide[3], 0.001)
    const own = share(wide[0] / solid, wide[1] / solid, wide[2] / solid, this.#key)
    return Math.max(0, own) * (1 - this.#key.deep)
  }

  /** Key a block of the seam, into `#seams`. */
  #work(data, column, row, block) {
    const [width, height, key] = [this.#width, this.#height, this.#key]
    const wide = this.#readWide(column, row)
    const theirOwn = this.#theirOwn(wide)
    const about = wide[4]
    for (let i = 0; i < 16; i += 1) {
      const x = 4 * column + (i & 3)
      const y = 4 * row + (i >> 2)
      if (x >= width || y >= height) continue
      const at = 4 * (y * width + x)
      this.#mix(column, row, ((i & 3) - 1.5) / 4, ((i >> 2) - 1.5) / 4)
      tent(data, x, y, width, height, key.blur, this.#soft)
      const dot = this.#dot
      seamDot(data[at], data[at + 1], data[at + 2], this.#soft, this.#middle, theirOwn, about, key, dot)
      this.#seams[16 * block + i] = ((dot[3] << 24) | (dot[2] << 16) | (dot[1] << 8) | dot[0]) >>> 0
    }
  }

  /** Between the centres of blocks, what is near changes evenly; the result is in `#middle`. */
  #mix(column, row, right, down) {
    const { columns, rows } = this.#maps[0]
    const beside = Math.min(columns - 1, Math.max(0, column + Math.sign(right)))
    const below = Math.min(rows - 1, Math.max(0, row + Math.sign(down)))
    const [across, along] = [Math.abs(right), Math.abs(down)]
    const a = PARTS * (row * columns + column)
    const b = PARTS * (row * columns + beside)
    const c = PARTS * (below * columns + column)
    const d = PARTS * (below * columns + beside)
    const near = this.#near
    for (let i = 0; i < PARTS; i += 1) {
      const here = near[a + i] + (near[b + i] - near[a + i]) * across
      const there = near[c + i] + (near[d + i] - near[c + i]) * across
      this.#middle[i] = here + (there - here) * along
    }
  }

  #lay(words, column, row, block) {
    const [width, height] = [this.#width, this.#height]
    const across = Math.min(4, width - 4 * column)
    for (let y = 0; y < Math.min(4, height - 4 * row); y += 1) {
      const at = (4 * row + y) * width + 4 * column
      for (let x = 0; x < across; x += 1) words[at + x] = this.#seams[16 * block + 4 * y + x]
    }
  }

  #clear(words, column, row) {
    const width = this.#width
    const across = Math.min(4, width - 4 * column)
    for (let y = 4 * row; y < Math.min(4 * row + 4, this.#height); y += 1) {
      const at = y * width + 4 * column
      for (let x = 0; x < across; x += 1) words[at + x] = 0
    }
  }

  /** Take the screen's glow from a block that is solid but not far from it. */
  #dim(words, data, column, row) {
    const [width, key, table] = [this.#width, this.#key, this.#table]
    const wide = this.#readWide(column, row)
    const strength = key.spill * softStep(0, 0.25, wide[4])
    const theirOwn = this.#theirOwn(wide)
    const least = NONE + ONE * theirOwn
    for (let y = 4 * row; y < Math.min(4 * row + 4, this.#height); y += 1) {
      for (let x = 4 * column; x < Math.min(4 * column + 4, width); x += 1) {
        const word = words[y * width + x]
        const code = table[((word >> 3) & 31) | ((word >> 6) & 0x3e0) | ((word >> 9) & 0x7c00)]
        if (code <= least) continue
        const at = 4 * (y * width + x)
        const glow = share(data[at], data[at + 1], data[at + 2], key) - theirOwn
        if (glow <= 0) continue
        data[at] -= strength * glow * key.red
        data[at + 1] -= strength * glow * key.green
        data[at + 2] -= strength * glow * key.blue
      }
    }
  }
}

/** A map of half the size; what sticks out at odd ends is left to its neighbours. */
function halve(from, into) {
  const stride = PARTS * from.columns
  for (let row = 0, at = 0; row < into.rows; row += 1) {
    for (let column = 0; column < into.columns; column += 1, at += PARTS) {
      const here = PARTS * (2 * row * from.columns + 2 * column)
      const right = 2 * column + 1 < from.columns ? PARTS : 0
      const down = 2 * row + 1 < from.rows ? stride : 0
      for (let i = here; i < here + PARTS; i += 1) {
        const sum = from.dots[i] + from.dots[i + right] + from.dots[i + down] + from.dots[i + right + down]
        into.dots[at + i - here] = sum / 4
      }
    }
  }
}

/** A map of level `level` as the centre of a block of level 0 sees it. */
function read({ columns, rows, dots }, column, row, level, into) {
  const scale = 1 << level
  const x = Math.max(0, Math.min(columns - 1, (column + 0.5) / scale - 0.5))
  const y = Math.max(0, Math.min(rows - 1, (row + 0.5) / scale - 0.5))
  const [left, top] = [x | 0, y | 0]
  const [across, along] = [x - left, y - top]
  const a = PARTS * (top * columns + left)
  const right = left + 1 < columns ? PARTS : 0
  const down = top + 1 < rows ? PARTS * columns : 0
  for (let i = 0; i < PARTS; i += 1) {
    const here = dots[a + i] + (dots[a + right + i] - dots[a + i]) * across
    const there = dots[a + down + i] + (dots[a + down + right + i] - dots[a + down + i]) * across
    into[i] = here + (there - here) * along
  }
  return into
}

/** A dot with those around it, the nearer the more; `blur` takes some from further away. */
function tent(data, x, y, width, height, blur, into) {
  const far = blur > 0 ? 2 : 1
  into.fill(0)
  for (let step = 1; step <= far; step += 1) {
    const weight = (step === 1 ? 1 - blur : blur) / 16
    for (let j = -1; j <= 1; j += 1) {
      const row = Math.max(0, Math.min(height - 1, y + j * step)) * width
      for (let i = -1; i <= 1; i += 1) {
        const at = 4 * (row + Math.max(0, Math.min(width - 1, x + i * step)))
        const part = weight * (i ? 1 : 2) * (j ? 1 : 2)
        into[0] += part * data[at]
        into[1] += part * data[at + 1]
        into[2] += part * data[at + 2]
      }
    }
  }
}
