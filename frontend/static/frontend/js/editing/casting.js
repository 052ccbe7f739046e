/** Faces and voices that the avatar service offers, as choices in the form. */
import { choose } from "frontend/editing/form-values"
import { fill, gettext } from "frontend/i18n"
import { part, setText } from "frontend/page/parts"

/** Add faces of which we have no picture, and mark those that are not offered now. */
export function offerFaces(form, avatars) {
  const faces = part("faces", form)
  const offered = new Map(avatars.map(({ avatar_id, name }) => [avatar_id, name]))
  const shown = new Set()
  for (const input of faces.querySelectorAll("input")) {
    shown.add(input.value)
    const isMissing = input.value !== "" && !offered.has(input.value)
    input.closest(".face").toggleAttribute("data-missing", isMissing)
    if (isMissing) input.title = gettext("Not offered by the avatar service now")
  }
  for (const [id, name] of offered) {
    if (!shown.has(id)) faces.append(face(form, id, name))
  }
}

function face(form, id, name) {
  const copy = part("face", form).content.cloneNode(true)
  copy.querySelector("input").value = id
  copy.querySelector(".face-picture").textContent = name.slice(0, 1)
  copy.querySelector(".face-name").textContent = name
  return copy
}

/** That the service could not be asked; what is there can be chosen all the same. */
export function tellFacesFailed(form, problem) {
  const text = gettext("The avatar service could not be asked for its faces and voices: {why}")
  setText(part("faces-news", form), fill(text, { why: problem.message }))
}

/** Make the voice's text field a list, those of the persona's language first. */
export function offerVoices(form, voices) {
  const field = form.elements.voice_id
  const select = document.createElement("select")
  select.className = field.className
  select.id = field.id
  select.name = field.name
  // It tells what may be typed, which nobody has to any more.
  const help = document.getElementById(field.getAttribute("aria-describedby"))
  if (help) help.hidden = true
  fillVoices(select, voices, form.elements.language.value, field.value)
  field.replaceWith(select)
  form.elements.language.addEventListener("change", ({ target }) => {
    fillVoices(select, voices, target.value, select.value)
  })
}

function fillVoices(select, voices, language, chosen) {
  const groups = voiceGroups(voices, language)
  const first = new Option(gettext("The voice that belongs to the face"), "")
  select.replaceChildren(first, ...groups.map(({ label, voices: some }) => {
    const group = document.createElement("optgroup")
    group.label = label
    group.append(...some.map(({ voice_id, name }) => new Option(name, voice_id)))
    return group
  }))
  choose(select, chosen)
}

/**
 * Voices by language, those that suit `language` first.
 *
 * @param {{voice_id: string, name: string, language: string}[]} voices
 * @param {string} language a tag such as en-gb
 */
export function voiceGroups(voices, language) {
  const tag = language.toLowerCase()
  const base = tag.split("-")[0]
  const groups = new Map()
  for (const voice of voices) {
    const label = voice.language || gettext("Other")
    groups.set(label, [...(groups.get(label) ?? []), voice])
  }
  const rank = (label) => {
    const own = label.toLowerCase()
    if (own === tag) return 0
    return own.split("-")[0] === base || own === "multilingual" ? 1 : 2
  }
  return [...groups]
    .map(([label, some]) => ({ label, voices: some }))
    .sort((a, b) => rank(a.label) - rank(b.label) || a.label.localeCompare(b.label))
}
