import { fill, gettext } from "frontend/i18n"
import { fillSelect, part, setText } from "frontend/page/parts"
import { remember } from "frontend/page/preferences"

/**
 * The studio's set-up: persona, avatar, voice, quality.
 *
 * `onChange` hears that something else was chosen.
 */
export class Choices {
  #api
  #personas
  #selects = Object.fromEntries(
    ["persona", "avatar", "voice", "quality"].map((id) => [id, document.querySelector(`#${id}`)]),
  )
  #names = { avatar: new Map(), voice: new Map() }

  constructor({ api, personas, preferred, onChange }) {
    this.#api = api
    this.#personas = personas
    const { persona, quality } = this.#selects
    persona.addEventListener("change", () => {
      this.#showOwn()
      onChange()
    })
    quality.value = preferred.quality
    quality.addEventListener("change", () => remember({ quality: quality.value }))
    for (const select of [this.#selects.avatar, this.#selects.voice, quality]) {
      select.addEventListener("change", () => onChange())
    }
  }

  /** The chosen persona's facts. */
  get persona() {
    const slug = this.#selects.persona.value
    return this.#personas.find((one) => one.slug === slug) ?? this.#personas[0]
  }

  /** Choose a persona, if it is one of those on offer. */
  set personaSlug(slug) {
    if (slug === this.#selects.persona.value) return
    if (!this.#personas.some((one) => one.slug === slug)) return
    this.#selects.persona.value = slug
    this.#showOwn()
  }

  /** What `Api.createSession` takes. */
  get wish() {
    const { persona, avatar, voice, quality } = this.#selects
    return {
      persona: persona.value,
      avatar_name: avatar.value,
      voice_id: voice.value,
      quality: quality.value,
    }
  }

  set disabled(disabled) {
    for (const select of Object.values(this.#selects)) select.disabled = disabled
  }

  /** Fetch avatars and voices; a failure is shown, with a button that comes here again. */
  async load() {
    part("lists").hidden = true
    try {
      const [avatars, voices] = await Promise.all([this.#api.avatars(), this.#api.voices()])
      this.#fill(avatars, voices)
    } catch (problem) {
      part("lists").hidden = false
      const { message, code } = problem
      const text = fill(gettext("Avatars and voices could not be listed. {message} ({code})"), { message, code })
      setText(part("lists").querySelector("p"), text)
    }
  }

  #fill(avatars, voices) {
    this.#names = {
      avatar: new Map(avatars.map(({ avatar_id, name }) => [avatar_id, name])),
      voice: new Map(voices.map(({ voice_id, name }) => [voice_id, name])),
    }
    const faces = avatars.map(({ avatar_id, name }) => ({ value: avatar_id, text: name }))
    fillSelect(this.#selects.avatar, faces)
    fillSelect(this.#selects.voice, voices.map(voiceOption))
    this.#showOwn()
  }

  /** Say whose face and voice "the persona's own" means. */
  #showOwn() {
    for (const kind of ["avatar", "voice"]) {
      const own = this.persona[kind]
      const name = this.#names[kind].get(own) ?? own
      this.#selects[kind].options[0].textContent = name ? fill(gettext("Own ({name})"), { name }) : gettext("Own")
    }
  }
}

function voiceOption({ voice_id, name, language, gender }) {
  return { value: voice_id, text: gender ? `${name}, ${gender}` : name, group: language }
}
