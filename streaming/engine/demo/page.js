import { Session, Wire, WireFailure } from "/demo/wire.js"

const KEPT_LINES = 100
const LOST = new Set(["failed", "closed", "disconnected"])
const STATES = {
  idle: "Nobody is on stage",
  opening: "Opening …",
  live: "On stage",
  talking: "Speaking",
}

const find = (selector) => document.querySelector(selector)
const wish = find("#wish")
const words = find("#words")
const video = find("video")
const failure = find("#failure")
const log = find("#log")
const listen = find("#listen")

const wire = new Wire({
  onCall: (path, outcome, tookMs) => note(path, `${outcome} · ${Math.round(tookMs)} ms`),
})
let session = null

function show(state) {
  document.body.dataset.state = state
  find("#state").textContent = STATES[state]
  const isOpen = state === "live" || state === "talking"
  for (const field of wish.elements) field.disabled = state !== "idle"
  for (const field of words.elements) field.disabled = !isOpen
}

function note(what, how) {
  const line = document.createElement("li")
  const name = document.createElement("code")
  name.textContent = what
  line.append(name, ` ${how}`)
  log.prepend(line)
  while (log.children.length > KEPT_LINES) log.lastChild.remove()
}

function report(error) {
  const isOurs = error instanceof WireFailure
  failure.textContent = isOurs && error.code ? `${error.message} (${error.code})` : error.message
  failure.hidden = false
  if (isOurs && error.status === 401) find("#key").hidden = false
}

/** Run `task`; what goes wrong is shown. */
async function attempt(task) {
  failure.hidden = true
  try {
    return await task()
  } catch (error) {
    report(error)
    return null
  }
}

function readWish() {
  const given = Object.fromEntries(new FormData(wish))
  return {
    avatar_id: given.avatar_id,
    voice: { voice_id: given.voice_id, emotion: given.emotion, rate: Number(given.rate) },
    quality: given.quality,
    video_encoding: given.video_encoding,
    background: given.background,
  }
}

async function open() {
  const wanted = readWish()
  show("opening")
  const opened = await attempt(() => Session.open(wire, wanted, { stream, state, event }))
  session = opened
  if (opened) raiseCurtain()
  else show("idle")
}

/** Show the avatar once there is a session and its first picture, whichever comes last. */
function raiseCurtain() {
  if (session && document.body.dataset.state === "opening" && !video.paused) show("live")
}

function stream(media) {
  video.srcObject = media
}

function state(connection) {
  note("connection", connection)
  if (LOST.has(connection) && session) {
    end()
    report(new Error("The engine has closed the session."))
  }
}

function event(message) {
  const duration = message.duration_ms ? ` · ${Math.round(message.duration_ms)} ms` : ""
  note(message.type, `${message.task_id?.slice(0, 8) ?? ""}${duration}`)
  if (message.type === "avatar_start_talking") show("talking")
  if (message.type === "avatar_stop_talking") show("live")
}

function end() {
  const ended = session
  session = null
  video.srcObject = null
  listen.checked = false
  show("idle")
  return ended?.close()
}

/** A choice for every entry, in groups where `groupOf` names one. */
function fill(select, entries, valueOf, labelOf, groupOf = () => "") {
  const groups = new Map()
  for (const entry of entries) {
    const option = new Option(labelOf(entry), valueOf(entry))
    const name = groupOf(entry)
    if (!name) {
      select.append(option)
      continue
    }
    if (!groups.has(name)) {
      const group = document.createElement("optgroup")
      group.label = name
      groups.set(name, group)
      select.append(group)
    }
    groups.get(name).append(option)
  }
}

async function loadCatalogues() {
  const [avatars, { voices }] = await Promise.all([
    wire.get("/v1/streaming/avatar.list"),
    wire.get("/v2/voices"),
  ])
  fill(wish.elements.avatar_id, avatars, (each) => each.avatar_id, (each) => each.pose_name)
  fill(
    wish.elements.voice_id,
    voices,
    (each) => each.voice_id,
    (each) => `${each.name} (${each.gender})`,
    (each) => each.language,
  )
}

wish.addEventListener("submit", async (submitted) => {
  submitted.preventDefault()
  wire.key = wish.elements.key.value || wire.key
  if (!wish.elements.avatar_id.options.length) await attempt(loadCatalogues)
  if (wish.elements.avatar_id.options.length) await open()
})
words.addEventListener("submit", (submitted) => {
  submitted.preventDefault()
  attempt(() => session.say(words.elements.text.value))
})
video.addEventListener("playing", raiseCurtain)
find("#interrupt").addEventListener("click", () => attempt(() => session.interrupt()))
listen.addEventListener("change", () => attempt(() => session.listen(listen.checked)))
find("#close").addEventListener("click", () => attempt(end))
window.addEventListener("pagehide", () => session?.close())

show("idle")
attempt(loadCatalogues)
