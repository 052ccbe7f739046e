/** The editor of a persona: the place where its parts are made and joined. */
import { backdropOf } from "frontend/editing/backdrop"
import { offerFaces, offerVoices, tellFacesFailed } from "frontend/editing/casting"
import { DraftSaver } from "frontend/editing/draft-saver"
import { count, countAlong, labelOf, showErrors } from "frontend/editing/fields"
import { FormValues } from "frontend/editing/form-values"
import { Listening } from "frontend/editing/listening"
import { Preview } from "frontend/editing/preview"
import { showBar } from "frontend/editing/save-bar"
import { followSections } from "frontend/editing/sections"
import { TryStage } from "frontend/editing/try-stage"
import { AvatarStage } from "frontend/elements/avatar-stage"
import { RetryIn } from "frontend/elements/retry-in"
import { fill, gettext } from "frontend/i18n"
import { AvatarPeer } from "frontend/media/peer"
import { tellListeners } from "frontend/page/news"
import { letKeysWork, part, setText } from "frontend/page/parts"
import { Api } from "frontend/session/api"
import { isOpen } from "frontend/session/phase"
import { SessionSocket, socketUrl } from "frontend/session/socket"
import { Tab } from "frontend/session/tab"
import { ViewerSession } from "frontend/session/viewer"

AvatarStage.define()
RetryIn.define()
letKeysWork()

const facts = JSON.parse(document.querySelector("#facts").textContent)
const page = document.querySelector("#editor")
const form = document.querySelector("#editor-form")
const values = new FormValues(form)
const csrfToken = form.elements.csrfmiddlewaretoken.value

/** Fields that the draft changes, by name. */
let { unpublished } = facts
let isSubmitting = false

// Saving ---------------------------------------------------------------------------------

const saver = new DraftSaver({ send })

async function send(clash) {
  const sent = values.snapshot()
  const body = new FormData(form)
  if (clash) body.set("clash", clash)
  let answer
  try {
    answer = await ask(form.action || location.href, body, "application/json")
  } catch {
    return { kind: "failed", message: gettext("The site could not be reached.") }
  }
  const told = await answer.json().catch(() => null)
  if (answer.status === 409 && told?.clash) return clashed(told.clash)
  if (!answer.ok || !told) return { kind: "failed", message: refusal(answer) }
  return saved(told, sent, clash)
}

function ask(address, body, accepted) {
  return fetch(address, {
    method: "POST",
    headers: { Accept: accepted, "X-CSRFToken": csrfToken },
    body,
    redirect: "manual", // to the sign-in, for one: its answer has no status
  })
}

function refusal({ status }) {
  if (status === 0 || status === 403) return gettext("You are signed out. Sign in again in another tab.")
  if (status === 404) return gettext("You may no longer edit this persona.")
  return fill(gettext("The server answered {status}."), { status })
}

function saved(told, sent, clash) {
  part("clash").hidden = true
  const others = values.take(told.values, sent, { theirs: clash === "theirs" })
  if (others.length) {
    for (const control of form.querySelectorAll("textarea, input[maxlength]")) count(control)
    preview.changed()
    const names = others.map((name) => labelOf(form, name)).join(", ")
    tellListeners(fill(gettext("Changed by somebody else and brought in: {fields}."), { fields: names }))
  }
  showErrors(form, told.errors)
  unpublished = told.unpublished
  return { kind: Object.keys(told.errors).length ? "invalid" : "saved" }
}

function clashed({ who, fields, theirs }) {
  const text = gettext("Not saved: {who} has changed the same in the meantime: {fields}.")
  setText(part("clash-words"), fill(text, { who, fields }))
  part("clash-theirs").replaceChildren(...theirs.flatMap(([name, value]) => [
    element("dt", name),
    element("dd", String(value) || "–"),
  ]))
  part("clash").hidden = false
  part("clash").scrollIntoView({ block: "nearest" })
  return { kind: "clash" }
}

function element(tag, text) {
  const made = document.createElement(tag)
  made.textContent = text
  return made
}

function show() {
  const unsaved = values.unsaved.map((name) => labelOf(form, name))
  showBar({ state: saver.state, message: saver.message, unsaved, unpublished })
  const hasDraft = unpublished.length > 0
  setText(part("standing"), hasDraft ? gettext("Unpublished changes") : gettext("As published"))
  if (hasDraft) delete part("standing").dataset.state
  else part("standing").dataset.state = "live"
  part("discard").hidden = !hasDraft
}

saver.addEventListener("change", show)
form.addEventListener("input", () => {
  saver.changed()
  preview.changed()
  trying.paint()
})
form.addEventListener("change", ({ target }) => {
  if (target.matches("select, [type=radio], [type=checkbox]")) saver.changed()
})
/** Saving needs no new page; for what does, everything written has to be safe before. */
form.addEventListener("submit", async (event) => {
  const { submitter } = event
  const publishes = submitter?.value === "publish"
  if (isSubmitting || submitter?.name === "clash" || (publishes && !saver.isAtRisk)) {
    isSubmitting = true
    return
  }
  event.preventDefault()
  const isSafe = await saver.flush()
  if (!isSafe) form.querySelector("[aria-invalid=true]")?.focus()
  if (!isSafe || !publishes) return
  isSubmitting = true
  // Later, since a browser passes over what is asked for while this event is under way.
  setTimeout(() => form.requestSubmit(submitter))
})
addEventListener("beforeunload", (event) => {
  if (saver.isAtRisk && !isSubmitting) event.preventDefault()
})

// Preview, face and voice ----------------------------------------------------------------

const preview = new Preview({
  fetch: () => ask(page.dataset.previewUrl, new FormData(form), "application/json"),
  welcome: facts.welcome,
})
const listening = new Listening({
  fetch: () => ask(page.dataset.listenUrl, new FormData(form), "audio/*, application/json"),
})
const api = new Api({ fetch: (...request) => fetch(...request), csrfToken })

async function cast() {
  try {
    const [avatars, voices] = await Promise.all([api.avatars(), api.voices()])
    offerFaces(form, avatars)
    offerVoices(form, voices)
  } catch (problem) {
    tellFacesFailed(form, problem)
  }
}

// Talking to it -----------------------------------------------------------------------------

const session = new ViewerSession({
  api,
  connect: (id, handlers) => new SessionSocket({ url: socketUrl(id, location), ...handlers }),
  createPeer: (means) => new AvatarPeer(means),
  // A try is not what the studio in this tab comes back to.
  tab: new Tab({ storage: null, locks: null }),
})
const trying = new TryStage({
  session,
  slug: page.dataset.slug,
  facts: () => ({
    welcome: preview.welcome,
    answers: form.elements.answers.checked,
    backdrop: backdropOf(form),
  }),
  prepare: async () => (await saver.flush()) || saver.state === "invalid",
})

addEventListener("pagehide", () => {
  if (!isOpen(session.phase)) return
  if (session.id) navigator.sendBeacon(`/sessions/${session.id}/leave`, new FormData(part("leave")))
  session.leave()
})

// What people can do -----------------------------------------------------------------------

const ACTIONS = {
  "keep-mine": () => saver.settle("mine"),
  "take-theirs": () => saver.settle("theirs"),
  listen: () => listening.flip(),
  ...trying.actions,
}

document.addEventListener("click", ({ target }) => {
  const control = target.closest("[data-do]")
  if (control) ACTIONS[control.dataset.do]?.()
})

/** A panel that asks something closes when it is no longer looked at. */
document.addEventListener("keydown", (event) => {
  const open = event.key === "Escape" && document.querySelector(".editor-asking[open]")
  if (!open) return
  open.open = false
  open.querySelector("summary").focus()
})

countAlong(form)
if (values.unsaved.length && !part("clash-now")) saver.changed() // written before this script was there
followSections(document.querySelector(".editor-nav"))
cast()
