/**
 * Keying without a GPU, at the size shown rather than the stream's. A small picture tells where
 * anything but screen is; no more than that is read. Colours are looked at in blocks of 4 x 4:
 * most are all screen or all solid, and only the seam between is worked out dot by dot, in the
 * same way as by the shaders.
 *
 * Some hundred thousand dots have a millisecond or two, so loops that see many of them make no
 * objects or arrays, and a dot is one word: alpha, blue, green, red from the top.
 */
import { fillClears, fillShares, Seam, share, softStep } from "frontend/media/key"

/** What the table of shares calls none, and how far from there it calls one. */
const NONE = 64
const ONE = 128
/** Of the map of blocks: each level has half the size of the one before. */
const LEVELS = 4
/** Per block: red, green, blue, how solid it is, how much of it is screen. */
const PARTS = 5

/**
 * How many blocks beyond what the small picture shows there may still be fine hair. What is
 * smaller than a block and further away than that from everything else goes with the screen.
 */
const MARGIN = 3

/** What is in a block; in those around it, too: that is its kind. */
const SCREEN = 1
const OTHER = 2
const SEAM = SCREEN | OTHER

export class CpuKeyer {
  kind = "canvas"
  #context
  #shownWidth
  #table = new Uint8Array(32_768)
  #clears = new Uint8Array(32_768)
  #solidity = new Float32Array(256)
  #screenness = new Float32Array(256)
  #key = null
  #small = null
  #input = null
  #width = 0
  #height = 0
  #maps = []
  #within = new Uint8Array(0)
  #tall = new Uint8Array(0)
  #kinds = new Uint8Array(0)
  #isMixed = new Uint8Array(0)
  #near = new Float32Array(0)
  #seams = new Uint32Array(0)
  #seamCount = 0
  #ofTheirOwn = NONE
  #keyed = new Uint32Array(0)
  #here = new Float32Array(PARTS)
  #middle = new Float32Array(PARTS)
  #wide = new Float32Array(PARTS)
  #place = new Seam()
  #soft = new Float32Array(3)
  #sums = new Int32Array(8)
  #dot = new Uint8ClampedArray(4)
  #dotWord = new Uint32Array(this.#dot.buffer)

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {number} shownWidth for a canvas that is not on the page
   */
  constructor(canvas, shownWidth = 0) {
    this.canvas = canvas
    this.#shownWidth = shownWidth
    this.#context = canvas.getContext("2d", { willReadFrequently: true })
  }

  get isLost() {
    return false
  }

  /**
   * @param {CanvasImageSource} source
   * @param {{width: number, height: number}} size the source's
   * @param {ReturnType<import("frontend/media/key").keyFor>} key
   */
  draw(source, { width, height }, key) {
    const shown = this.canvas.clientWidth || this.#shownWidth || width
    const scale = Math.min(1, shown / width)
    this.#fit(Math.round(width * scale), Math.round(height * scale))
    if (key !== this.#key) this.#tell(key)
    const { canvas } = this
    const part = this.#find(source)
    this.#context.clearRect(0, 0, canvas.width, canvas.height)
    if (part.width <= 0) return
    this.#take(part)
    const image = this.#read(source, part, width / canvas.width)
    this.#paint(new Uint32Array(image.data.buffer))
    this.#context.putImageData(image, part.left, part.top)
  }

  destroy() {
    this.#fit(0, 0)
  }

  #fit(width, height) {
    const { canvas } = this
    if (this.#input && canvas.width === width && canvas.height === height) return
    Object.assign(canvas, { width, height })
    const [columns, rows] = [(width + 3) >> 2, (height + 3) >> 2]
    const blocks = columns * rows
    this.#small = readable(columns, rows)
    this.#small.imageSmoothingEnabled = false
    this.#input = readable(width, height)
    this.#within = new Uint8Array(blocks)
    this.#tall = new Uint8Array(columns + 2)
    this.#kinds = new Uint8Array(blocks)
    this.#isMixed = new Uint8Array(blocks)
    this.#near = new Float32Array(PARTS * blocks)
    this.#seams = new Uint32Array(blocks)
    this.#keyed = new Uint32Array(16 * blocks)
    this.#maps = Array.from({ length: LEVELS }, (_, level) => {
      const most = ((columns >> level) + 1) * ((rows >> level) + 1)
      return { columns: 0, rows: 0, dots: new Float32Array(PARTS * most) }
    })
  }

  /** From now on the picture is this part of it. */
  #take({ width, height }) {
    this.#width = width
    this.#height = height
    let [columns, rows] = [(width + 3) >> 2, (height + 3) >> 2]
    for (const map of this.#maps) {
      Object.assign(map, { columns, rows })
      columns = Math.max(1, columns >> 1)
      rows = Math.max(1, rows >> 1)
    }
  }

  /** The part of the picture in which there is anything but screen, from one dot of each block. */
  #find(source) {
    const { canvas } = this.#small
    this.#small.drawImage(source, 0, 0, canvas.width, canvas.height)
    const { width, height, data } = this.#small.getImageData(0, 0, canvas.width, canvas.height)
    const words = new Uint32Array(data.buffer)
    const full = NONE + ONE * this.#key.clear
    const table = this.#table
    let [left, top, right, bottom] = [width, height, 0, 0]
    for (let y = 0, at = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1, at += 1) {
        if (table[five(words[at])] >= full) continue
        if (x < left) left = x
        if (x > right) right = x
        if (y < top) top = y
        bottom = y
      }
    }
    // The levels of the map have the same places in each picture, or they would flicker.
    left = Math.max(0, (left - MARGIN) & -8) * 4
    top = Math.max(0, (top - MARGIN) & -8) * 4
    right = Math.min(this.canvas.width, 4 * (right + 1 + MARGIN))
    bottom = Math.min(this.canvas.height, 4 * (bottom + 1 + MARGIN))
    return { left, top, width: right - left, height: bottom - top }
  }

  #read(source, { left, top, width, height }, scale) {
    const input = this.#input
    input.drawImage(source, left * scale, top * scale, width * scale, height * scale, 0, 0, width, height)
    return input.getImageData(0, 0, width, height)
  }

  #tell(key) {
    this.#key = key
    fillShares(this.#table, key)
    fillClears(this.#clears, key)
    for (let code = 0; code < 256; code += 1) {
      const part = Math.max(0, code - NONE) / ONE / key.clear
      this.#solidity[code] = Math.max(0, 1 - part) ** 4
      this.#screenness[code] = softStep(0.55, 1, part)
    }
  }

  #paint(words) {
    this.#look(words)
    for (let level = 1; level < LEVELS; level += 1) halve(this.#maps[level - 1], this.#maps[level])
    this.#sort()
    // What dots beside it are made of is read from the picture as it came, so seams are
    // worked out first and laid in afterwards.
    this.#isMixed.fill(0)
    for (let seam = 0; seam < this.#seamCount; seam += 1) this.#work(words, seam)
    this.#clearScreens(words)
    this.#dimOthers(words)
    for (let seam = 0; seam < this.#seamCount; seam += 1) this.#lay(words, seam)
  }

  /** What each block is made of, from one dot of each 2 x 2: these share their chroma. */
  #look(words) {
    const { columns, rows, dots } = this.#maps[0]
    const width = this.#width
    const height = this.#height
    const table = this.#table
    const solidity = this.#solidity
    const screenness = this.#screenness
    const within = this.#within
    const full = NONE + ONE * this.#key.clear
    for (let row = 0, block = 0, at = 0; row < rows; row += 1) {
      const first = 4 * row * width
      const second = Math.min(4 * row + 2, height - 1) * width
      for (let column = 0; column < columns; column += 1, block += 1, at += PARTS) {
        const left = 4 * column
        const right = Math.min(left + 2, width - 1)
        const p = words[first + left]
        const q = words[first + right]
        const r = words[second + left]
        const s = words[second + right]
        const a = table[five(p)]
        const b = table[five(q)]
        const c = table[five(r)]
        const d = table[five(s)]
        if (a >= full && b >= full && c >= full && d >= full) {
          dots[at] = dots[at + 1] = dots[at + 2] = dots[at + 3] = 0
          dots[at + 4] = 1
          within[block] = SCREEN
          continue
        }
        const i = solidity[a] / 4
        const j = solidity[b] / 4
        const k = solidity[c] / 4
        const l = solidity[d] / 4
        const screen = screenness[a] + screenness[b] + screenness[c] + screenness[d]
        dots[at] = i * (p & 255) + j * (q & 255) + k * (r & 255) + l * (s & 255)
        dots[at + 1] = i * ((p >> 8) & 255) + j * ((q >> 8) & 255) + k * ((r >> 8) & 255) + l * ((s >> 8) & 255)
        dots[at + 2] = i * ((p >> 16) & 255) + j * ((q >> 16) & 255) + k * ((r >> 16) & 255) + l * ((s >> 16) & 255)
        dots[at + 3] = i + j + k + l
        dots[at + 4] = screen / 4
        within[block] = (screen > 0 ? SCREEN : 0) | (screen > 3.92 ? 0 : OTHER)
      }
    }
  }

  /** Tell the blocks that have nothing but screen in and around them, or nothing else, or both. */
  #sort() {
    const { columns, rows } = this.#maps[0]
    const within = this.#within
    const tall = this.#tall
    const kinds = this.#kinds
    let count = 0
    for (let row = 0, block = 0; row < rows; row += 1) {
      const up = row > 0 ? -columns : 0
      const down = row + 1 < rows ? columns : 0
      for (let column = 1; column <= columns; column += 1, block += 1) {
        tall[column] = within[block + up] | within[block] | within[block + down]
      }
      block -= columns
      for (let column = 1; column <= columns; column += 1, block += 1) {
        const kind = tall[column - 1] | tall[column] | tall[column + 1]
        kinds[block] = kind
        if (kind === SEAM) this.#seams[count++] = block
      }
    }
    this.#seamCount = count
  }

  #blendAround(column, row) {
    const { columns, rows } = this.#maps[0]
    for (let y = Math.max(0, row - 1); y <= Math.min(rows - 1, row + 1); y += 1) {
      for (let x = Math.max(0, column - 1); x <= Math.min(columns - 1, column + 1); x += 1) this.#blend(x, y)
    }
  }

  /** The colour that things have about a block: its own where known, else from afar. */
  #blend(column, row) {
    const block = row * this.#maps[0].columns + column
    if (this.#isMixed[block]) return
    this.#isMixed[block] = 1
    const near = this.#near
    const middle = read(this.#maps[1], column, row, 1, this.#middle)
    const wide = read(this.#maps[3], column, row, 3, this.#wide)
    const { dots } = this.#maps[0]
    const at = PARTS * block
    for (let i = at, part = 0; part < 4; i += 1, part += 1) {
      near[i] = dots[i] + 0.15 * middle[part] + 0.02 * wide[part]
    }
    near[at + 4] = dots[at + 4]
  }

  /** How much of the screen's chroma the things about a block have by themselves. */
  #theirOwn(column, row) {
    const wide = read(this.#maps[3], column, row, 3, this.#wide)
    const solid = Math.max(wide[3], 0.001)
    const own = share(wide[0] / solid, wide[1] / solid, wide[2] / solid, this.#key)
    return Math.max(0, own) * (1 - this.#key.deep)
  }

  /** Key a block of the seam, into `#keyed`: four dots at a time are one place. */
  #work(words, seam) {
    const { columns } = this.#maps[0]
    const block = this.#seams[seam]
    const row = (block / columns) | 0
    const column = block - row * columns
    let isEntered = false
    for (let quarter = 0; quarter < 4; quarter += 1) {
      const right = quarter & 1
      const down = quarter >> 1
      const x = 4 * column + 2 * right
      const y = 4 * row + 2 * down
      const into = 16 * seam + 8 * down + 2 * right
      if (this.#isClear(words, x, y)) {
        this.#keyed[into] = this.#keyed[into + 1] = this.#keyed[into + 4] = this.#keyed[into + 5] = 0
        continue
      }
      if (!isEntered) {
        this.#blendAround(column, row)
        this.#enter(column, row, readScreen(this.#maps[2], column, row))
        isEntered = true
      }
      this.#mix(column, row, right - 0.5, down - 0.5)
      if (this.#here[4] > 0) this.#mixed(words, x, y, into)
      else this.#solid(words, x, y, into)
    }
  }

  /** Be told what is further around a block. */
  #enter(column, row, about) {
    const theirOwn = this.#theirOwn(column, row)
    this.#ofTheirOwn = NONE + ONE * theirOwn
    this.#place.enter(this.#key, theirOwn, about)
  }

  /** Whether four dots, and those beside them, are of the screen beyond doubt. */
  #isClear(words, x, y) {
    const clears = this.#clears
    const last = Math.min(this.#height - 1, y + 2)
    const left = Math.max(0, x - 1)
    const right = Math.min(this.#width - 1, x + 2)
    for (let row = Math.max(0, y - 1); row <= last; row += 1) {
      const end = row * this.#width + right
      for (let at = row * this.#width + left; at <= end; at += 1) {
        if (!clears[five(words[at])]) return false
      }
    }
    return true
  }

  /** Four dots that may be of both. */
  #mixed(words, left, top, into) {
    const width = this.#width
    const height = this.#height
    const sums = this.#sums
    const soft = this.#soft
    const blur = this.#key.blur
    const place = this.#place
    place.stand(this.#here)
    around(words, left, top, width, height, sums)
    for (let i = 0; i < 4; i += 1) {
      const x = left + (i & 1)
      const y = top + (i >> 1)
      if (x >= width || y >= height) continue
      soft[0] = (sums[2 * i] & 0xffff) / 16
      soft[1] = sums[2 * i + 1] / 16
      soft[2] = (sums[2 * i] >> 16) / 16
      if (blur > 0) further(words, x, y, width, height, blur, soft)
      const word = words[y * width + x]
      place.dot(word & 255, (word >> 8) & 255, (word >> 16) & 255, soft, this.#dot)
      this.#keyed[into + 4 * (i >> 1) + (i & 1)] = this.#dotWord[0]
    }
  }

  /** Four dots that have no screen in or beside them. */
  #solid(words, left, top, into) {
    const width = this.#width
    for (let i = 0; i < 4; i += 1) {
      const x = left + (i & 1)
      const y = top + (i >> 1)
      if (x >= width || y >= this.#height) continue
      this.#keyed[into + 4 * (i >> 1) + (i & 1)] = this.#dimmed(words[y * width + x])
    }
  }

  /** Between the centres of blocks, what is near changes evenly; the result is in `#here`. */
  #mix(column, row, right, down) {
    const { columns, rows } = this.#maps[0]
    const beside = Math.min(columns - 1, Math.max(0, right < 0 ? column - 1 : column + 1))
    const below = Math.min(rows - 1, Math.max(0, down < 0 ? row - 1 : row + 1))
    const across = Math.abs(right) / 2
    const along = Math.abs(down) / 2
    const a = PARTS * (row * columns + column)
    const b = PARTS * (row * columns + beside)
    const c = PARTS * (below * columns + column)
    const d = PARTS * (below * columns + beside)
    const near = this.#near
    const into = this.#here
    for (let i = 0; i < PARTS; i += 1) {
      const here = near[a + i] + (near[b + i] - near[a + i]) * across
      const there = near[c + i] + (near[d + i] - near[c + i]) * across
      into[i] = here + (there - here) * along
    }
  }

  #lay(words, seam) {
    const { columns } = this.#maps[0]
    const block = this.#seams[seam]
    const row = (block / columns) | 0
    const column = block - row * columns
    const across = Math.min(4, this.#width - 4 * column)
    const down = Math.min(4, this.#height - 4 * row)
    for (let y = 0; y < down; y += 1) {
      const at = (4 * row + y) * this.#width + 4 * column
      for (let x = 0; x < across; x += 1) words[at + x] = this.#keyed[16 * seam + 4 * y + x]
    }
  }

  #clearScreens(words) {
    const { columns, rows } = this.#maps[0]
    const kinds = this.#kinds
    for (let row = 0; row < rows; row += 1) {
      const end = (row + 1) * columns
      for (let block = row * columns; block < end; block += 1) {
        if (kinds[block] !== SCREEN) continue
        const first = block
        while (block < end && kinds[block] === SCREEN) block += 1
        const left = 4 * (first - row * columns)
        const right = Math.min(this.#width, 4 * (block - row * columns))
        for (let y = 4 * row; y < Math.min(4 * row + 4, this.#height); y += 1) {
          words.fill(0, y * this.#width + left, y * this.#width + right)
        }
      }
    }
  }

  /** Take the screen's glow from what is solid but not far from it. */
  #dimOthers(words) {
    const { columns, rows } = this.#maps[0]
    const kinds = this.#kinds
    for (let row = 0, block = 0; row < rows; row += 1) {
      for (let column = 0; column < columns; column += 1, block += 1) {
        if (kinds[block] !== OTHER) continue
        const about = readScreen(this.#maps[2], column, row)
        if (about >= 0.002) this.#dim(words, column, row, about)
      }
    }
  }

  #dim(words, column, row, about) {
    const width = this.#width
    const right = Math.min(4 * column + 4, width)
    const bottom = Math.min(4 * row + 4, this.#height)
    this.#enter(column, row, about)
    for (let y = 4 * row; y < bottom; y += 1) {
      for (let x = 4 * column; x < right; x += 1) words[y * width + x] = this.#dimmed(words[y * width + x])
    }
  }

  #dimmed(word) {
    if (this.#table[five(word)] <= this.#ofTheirOwn) return word
    this.#place.solid(word & 255, (word >> 8) & 255, (word >> 16) & 255, this.#dot)
    return this.#dotWord[0]
  }
}

/** What only pictures come into; without alpha it is read faster. */
function readable(width, height) {
  return new OffscreenCanvas(width, height).getContext("2d", { alpha: false, willReadFrequently: true })
}

/** A dot's colour in 5 bits each, as the tables are asked for it. */
function five(word) {
  return ((word >> 3) & 31) | ((word >> 6) & 0x3e0) | ((word >> 9) & 0x7c00)
}

/** A map of half the size; what sticks out at odd ends is left to its neighbours. */
function halve(from, into) {
  const all = from.dots
  const half = into.dots
  const stride = PARTS * from.columns
  for (let row = 0, at = 0; row < into.rows; row += 1) {
    for (let column = 0; column < into.columns; column += 1, at += PARTS) {
      const here = PARTS * (2 * row * from.columns + 2 * column)
      const right = 2 * column + 1 < from.columns ? PARTS : 0
      const down = 2 * row + 1 < from.rows ? stride : 0
      for (let i = 0, a = here; i < PARTS; i += 1, a += 1) {
        half[at + i] = (all[a] + all[a + right] + all[a + down] + all[a + right + down]) / 4
      }
    }
  }
}

/** A map of level `level` as the centre of a block of level 0 sees it. */
function read(map, column, row, level, into) {
  const dots = map.dots
  const scale = 1 / (1 << level)
  const x = Math.max(0, Math.min(map.columns - 1, (column + 0.5) * scale - 0.5))
  const y = Math.max(0, Math.min(map.rows - 1, (row + 0.5) * scale - 0.5))
  const left = x | 0
  const top = y | 0
  const across = x - left
  const along = y - top
  const a = PARTS * (top * map.columns + left)
  const right = left + 1 < map.columns ? PARTS : 0
  const down = top + 1 < map.rows ? PARTS * map.columns : 0
  for (let i = 0; i < PARTS; i += 1) {
    const here = dots[a + i] + (dots[a + right + i] - dots[a + i]) * across
    const there = dots[a + down + i] + (dots[a + down + right + i] - dots[a + down + i]) * across
    into[i] = here + (there - here) * along
  }
  return into
}

/** How much of the map of level 2 is screen, likewise. */
function readScreen(map, column, row) {
  const dots = map.dots
  const x = Math.max(0, Math.min(map.columns - 1, (column + 0.5) / 4 - 0.5))
  const y = Math.max(0, Math.min(map.rows - 1, (row + 0.5) / 4 - 0.5))
  const left = x | 0
  const top = y | 0
  const a = PARTS * (top * map.columns + left) + 4
  const right = left + 1 < map.columns ? PARTS : 0
  const down = top + 1 < map.rows ? PARTS * map.columns : 0
  const here = dots[a] + (dots[a + right] - dots[a]) * (x - left)
  const there = dots[a + down] + (dots[a + down + right] - dots[a + down]) * (x - left)
  return here + (there - here) * (y - top)
}

/** The sums of four dots, each with those around it, the nearer the more: sixteen in all. */
function around(words, x, y, width, height, sums) {
  const right = Math.min(width - 1, x + 1)
  const here = y * width
  const up = Math.max(0, here - width)
  const down = y + 1 < height ? here + width : here
  const far = y + 2 < height ? down + width : down
  for (let side = 0; side < 2; side += 1) {
    const a = side ? x : Math.max(0, x - 1)
    const b = side ? right : x
    const c = side ? Math.min(width - 1, x + 2) : right
    const first = redBlue(words[up + a], words[up + b], words[up + c])
    const second = redBlue(words[here + a], words[here + b], words[here + c])
    const third = redBlue(words[down + a], words[down + b], words[down + c])
    const fourth = redBlue(words[far + a], words[far + b], words[far + c])
    sums[2 * side] = first + 2 * second + third
    sums[4 + 2 * side] = second + 2 * third + fourth
    const green1 = green(words[up + a], words[up + b], words[up + c])
    const green2 = green(words[here + a], words[here + b], words[here + c])
    const green3 = green(words[down + a], words[down + b], words[down + c])
    const green4 = green(words[far + a], words[far + b], words[far + c])
    sums[2 * side + 1] = green1 + 2 * green2 + green3
    sums[4 + 2 * side + 1] = green2 + 2 * green3 + green4
  }
}

/** Red and blue of three dots are added side by side, in one number. */
function redBlue(a, b, c) {
  return (a & 0xff00ff) + 2 * (b & 0xff00ff) + (c & 0xff00ff)
}

function green(a, b, c) {
  return ((a >> 8) & 255) + 2 * ((b >> 8) & 255) + ((c >> 8) & 255)
}

/** Takes some of the softness from dots further away. */
function further(words, x, y, width, height, blur, soft) {
  const weight = blur / 16
  for (let part = 0; part < 3; part += 1) soft[part] *= 1 - blur
  for (let j = -1; j <= 1; j += 1) {
    const row = Math.max(0, Math.min(height - 1, y + 2 * j)) * width
    for (let i = -1; i <= 1; i += 1) {
      const word = words[row + Math.max(0, Math.min(width - 1, x + 2 * i))]
      const part = weight * (i ? 1 : 2) * (j ? 1 : 2)
      soft[0] += part * (word & 255)
      soft[1] += part * ((word >> 8) & 255)
      soft[2] += part * ((word >> 16) & 255)
    }
  }
}
