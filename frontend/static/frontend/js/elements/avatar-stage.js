/** Fired once per stream, when its first picture is on the screen. */
export class FirstFrameEvent extends Event {
  constructor() {
    super("firstframe", { bubbles: true })
  }
}

/** Fired when the browser will not play sound without a touch, and when it does again. */
export class SoundRefusedEvent extends Event {
  constructor(refused) {
    super("soundrefused", { bubbles: true })
    this.refused = refused
  }
}

/** Fired when keying finds a green screen, or finds that there is none. */
export class ScreenEvent extends Event {
  constructor(found) {
    super("screen", { bubbles: true })
    this.found = found
  }
}

/**
 * The stage an avatar appears on.
 *
 *   <avatar-stage phase="idle">
 *     <video playsinline></video> <canvas hidden></canvas> <p data-part="caption"></p>
 *   </avatar-stage>
 *
 * Styles and tests read its attributes: `phase`, `mood` (listening, thinking, speaking),
 * `link` (open, lost), `hold` (persona, quality: a new stream is on its way) and `keyed`. The
 * page sets the first four; the stage the last.
 */
export class AvatarStage extends HTMLElement {
  static define(tag = "avatar-stage", registry = customElements) {
    registry.define(tag, this)
  }

  /** Fetched when somebody wants it. @type {Promise<object>|null} */
  #keying = null
  #keyer = null
  #keySettings = null
  #wantsKeying = false
  #stream = null
  #isAlone = false
  #caption = ""
  #word = null
  #muted = false
  #hushed = false
  #refused = false

  get video() {
    return this.querySelector("video")
  }

  get keyingKind() {
    return this.#keyer?.kind ?? ""
  }

  /** Show a stream; the same one twice is fine, as each of its tracks announces it. */
  async show(stream) {
    if (this.#stream === stream) return
    this.#stream = stream
    this.#isAlone = false
    this.video.srcObject = stream
    this.#announceFirstFrame(stream)
    if (this.#wantsKeying) this.#key()
    await this.play()
  }

  /** Play, silently if the browser insists; then a touch is needed for the sound. */
  async play() {
    const { video } = this
    try {
      this.#setRefused(false)
      await video.play()
    } catch (error) {
      if (error.name !== "NotAllowedError") return
      this.#setRefused(true)
      await video.play().catch(() => {})
    }
  }

  /** Take the stream away. */
  clear() {
    this.#stopKeying()
    this.#setKeyed(false)
    this.#setRefused(false)
    this.#stream = null
    this.#isAlone = false
    this.video.srcObject = null
    this.caption = ""
    this.word = null
  }

  /** @param {string} text */
  set caption(text) {
    if (this.#caption === text) return
    this.#caption = text
    this.#showCaption()
  }

  /**
   * The word of the caption that is being said; null shows the caption as it is.
   *
   * @param {{from: number, to: number}|null} word
   */
  set word(word) {
    if (this.#word?.from === word?.from && this.#word?.to === word?.to) return
    this.#word = word
    this.#showCaption()
  }

  get muted() {
    return this.#muted
  }

  set muted(muted) {
    this.#muted = muted
    this.#sound()
  }

  /** Silence for the moment, whatever the viewer's own setting. */
  set hushed(hushed) {
    this.#hushed = hushed
    this.#sound()
  }

  /** @param {number} volume 0 to 1 */
  set volume(volume) {
    this.video.volume = volume
  }

  /** @param {string} background any CSS background */
  set background(background) {
    this.querySelector("[data-part=scene]").style.background = background
  }

  /** Whether the viewer wants the avatar without its background. */
  set withoutBackground(wanted) {
    this.#wantsKeying = wanted
    if (wanted && this.video.srcObject) this.#key()
    if (!wanted) {
      this.#stopKeying()
      this.#setKeyed(false)
    }
  }

  /**
   * Whether the voice goes on without a picture. A browser that waits for one plays no sound
   * either, so it is given the sound alone meanwhile.
   */
  set alone(isAlone) {
    if (isAlone === this.#isAlone || !this.#stream) return
    this.#isAlone = isAlone
    this.video.srcObject = isAlone ? new MediaStream(this.#stream.getAudioTracks()) : this.#stream
    this.play()
  }

  /** Without a picture the avatar's still takes the stage. @param {string} address  or "" */
  set still(address) {
    const still = this.querySelector("[data-part=still]")
    if (!still) return
    if (address && still.getAttribute("src") !== address) still.src = address
    still.hidden = !address
  }

  /** How the screen is told from the rest. @param {import("frontend/media/key").KeySettings} settings */
  set keySettings(settings) {
    this.#keySettings = settings
    if (this.#keyer) this.#keyer.settings = settings
  }

  /** Show the picture as it comes, for as long as this is true. */
  set showsOriginal(shows) {
    this.toggleAttribute("original", shows)
  }

  /** The colour that the picture has under a point of the window, or null beside it. */
  async colourAt(clientX, clientY) {
    const { video } = this
    const box = pictureBox(video)
    const [x, y] = [(clientX - box.left) / box.width, (clientY - box.top) / box.height]
    if (!video.videoWidth || x < 0 || x > 1 || y < 0 || y > 1) return null
    return (await this.#loadKeying()).colourAt(x, y)
  }

  #loadKeying() {
    this.#keying ??= import("frontend/media/keyer").then(
      ({ VideoKeying }) =>
        new VideoKeying({
          video: this.video,
          canvas: this.querySelector("canvas"),
          onScreen: (found) => this.#screenFound(found),
        }),
    )
    return this.#keying
  }

  async #key() {
    this.#keyer = await this.#loadKeying()
    if (this.#keySettings) this.#keyer.settings = this.#keySettings
    if (this.#wantsKeying && this.video.srcObject) this.#keyer.start()
  }

  #stopKeying() {
    this.#keyer?.stop()
  }

  #showCaption() {
    const part = this.querySelector("[data-part=caption]")
    const text = this.#caption
    const { from, to } = this.#word ?? {}
    part.toggleAttribute("data-follows", Boolean(text && this.#word))
    if (!text || !this.#word) {
      part.textContent = text
      return
    }
    // One line around the three, since a caption may be a grid.
    part.replaceChildren(
      span("", span("said", text.slice(0, from)), span("word", text.slice(from, to)), text.slice(to)),
    )
  }

  #announceFirstFrame(stream) {
    const { video } = this
    const announce = () => {
      if (video.srcObject === stream) this.dispatchEvent(new FirstFrameEvent())
    }
    if ("requestVideoFrameCallback" in video) video.requestVideoFrameCallback(announce)
    else video.addEventListener("playing", announce, { once: true })
  }

  #screenFound(found) {
    this.#setKeyed(found)
    this.dispatchEvent(new ScreenEvent(found))
  }

  #setKeyed(keyed) {
    this.toggleAttribute("keyed", keyed)
    this.querySelector("canvas").hidden = !keyed
  }

  #setRefused(refused) {
    const isNews = refused !== this.#refused
    this.#refused = refused
    this.#sound()
    if (isNews) this.dispatchEvent(new SoundRefusedEvent(refused))
  }

  #sound() {
    this.video.muted = this.#muted || this.#hushed || this.#refused
  }
}

/** Where in the window the picture itself is: its element may have bars, or cut its sides off. */
function pictureBox(video) {
  const box = video.getBoundingClientRect()
  const [across, along] = [box.width / video.videoWidth, box.height / video.videoHeight]
  const covers = getComputedStyle(video).objectFit === "cover"
  const scale = covers ? Math.max(across, along) : Math.min(across, along)
  const [width, height] = [video.videoWidth * scale, video.videoHeight * scale]
  return {
    left: box.left + (box.width - width) / 2,
    top: box.top + (box.height - height) / 2,
    width,
    height,
  }
}

function span(name, ...content) {
  const element = document.createElement("span")
  if (name) element.className = name
  element.append(...content)
  return element
}
