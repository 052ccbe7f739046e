/** The studio: the place where its parts are made and joined. */
import { AvatarStage } from "frontend/elements/avatar-stage"
import { StatusLog } from "frontend/elements/status-log"
import { TimeLeft } from "frontend/elements/time-left"
import { AvatarPeer } from "frontend/media/peer"
import { BackgroundPanel } from "frontend/page/background-panel"
import { closeHelp, openHelp } from "frontend/page/help-dialog"
import { controlsFor, fillSelect, part, setText } from "frontend/page/parts"
import { preferences, remember } from "frontend/page/preferences"
import { clearProblems, showProblem } from "frontend/page/problems"
import { Api } from "frontend/session/api"
import { idleSecondsLeft } from "frontend/session/idle"
import { controls, isOpen } from "frontend/session/phase"
import { actionFor } from "frontend/session/shortcuts"
import { SessionSocket, socketUrl } from "frontend/session/socket"
import { ViewerSession } from "frontend/session/viewer"

AvatarStage.define()
StatusLog.define()
TimeLeft.define()

/** What the avatar takes in one piece; the server refuses more. */
const MAX_REPEAT_CHARS = 1000

const facts = JSON.parse(document.querySelector("#facts").textContent)
const preferred = preferences()
const stage = document.querySelector("avatar-stage")
const log = document.querySelector("status-log")
const message = document.querySelector("#message")
const choices = Object.fromEntries(
  ["persona", "avatar", "voice", "quality"].map((id) => [id, document.querySelector(`#${id}`)]),
)
const leaveForm = part("leave")
const csrfToken = new FormData(leaveForm).get("csrfmiddlewaretoken")

const api = new Api({ fetch: (...request) => fetch(...request), csrfToken })
const session = new ViewerSession({
  api,
  connect: (id, handlers) => new SessionSocket({ url: socketUrl(id, location), ...handlers }),
  createPeer: (means) => new AvatarPeer(means),
})
const background = new BackgroundPanel({ stage, preferred, onChange: showBackground })

/** Whether the running session was asked for a green screen, and whether one was seen. */
let screen = { asked: false, found: null }

/** What the persona says as soon as it is there, when it was called by the one big button. */
let greeting = ""

// What people can do -----------------------------------------------------------------

const ACTIONS = {
  begin: async () => {
    greeting = chosenPersona().welcome
    await open()
    await session.start()
  },
  new: () => {
    greeting = ""
    return open()
  },
  start: () => session.start(),
  close: () => session.close(),
  ask: () => speak((text) => session.ask(text)),
  repeat: () => speak((text) => session.repeat(text), MAX_REPEAT_CHARS),
  interrupt: () => session.interrupt(),
  stay: () => session.stay(),
  hear: () => stage.play(),
  mute: () => setMuted(!stage.muted),
  fullscreen: () => toggleFullscreen(),
  background: () => background.flip(),
  message: () => message.focus(),
  help: () => openHelp(),
  "help-close": () => closeHelp(),
  lists: () => loadLists(),
  "again-green": async () => {
    await session.close()
    await ACTIONS.begin()
  },
}

async function open() {
  clearProblems(part("problems"))
  screen = { asked: background.wanted, found: null }
  await session.open({
    persona: choices.persona.value,
    avatar_name: choices.avatar.value,
    voice_id: choices.voice.value,
    quality: choices.quality.value,
    background: background.wanted ? "green" : "",
  })
}

function speak(say, maxChars = Infinity) {
  if (session.phase !== "live") return
  const text = message.value.trim()
  message.focus()
  const complaint = complaintAbout(text, maxChars)
  if (complaint) {
    log.add({ kind: "status", text: complaint })
    return
  }
  clearProblems(part("problems"))
  say(text)
  message.value = ""
}

function complaintAbout(text, maxChars) {
  if (!text) return "Write a message first"
  if (text.length <= maxChars) return ""
  return `Repeat takes at most ${maxChars} characters; these are ${text.length}`
}

function setMuted(muted) {
  stage.muted = muted
  remember({ muted })
  for (const button of controlsFor("mute")) button.setAttribute("aria-pressed", String(muted))
}

async function toggleFullscreen() {
  if (document.fullscreenElement) await document.exitFullscreen()
  else await part("frame").requestFullscreen?.().catch(() => {}) // some frames may not
}

document.addEventListener("click", ({ target }) => {
  const control = target.closest("[data-do]")
  if (control && control.type !== "submit") ACTIONS[control.dataset.do]()
})

part("composer").addEventListener("submit", (event) => {
  event.preventDefault()
  ACTIONS.ask()
})

document.addEventListener("keydown", (event) => {
  if (document.querySelector("dialog[open]") || event.repeat) return
  const action = actionFor(event, {
    inMessage: event.target === message,
    inField: event.target.matches("input:not([type=checkbox]), select, textarea"),
    singleKeys: document.querySelector("#single-keys").checked,
  })
  if (!action) return
  if (action === "interrupt" && document.fullscreenElement) return // Esc leaves it first
  if (action !== "interrupt") event.preventDefault()
  ACTIONS[action]()
})

// What the session tells ---------------------------------------------------------------

session.addEventListener("change", () => show())
session.addEventListener("line", ({ detail }) => log.add(detail))
session.addEventListener("problem", ({ detail }) => showProblem(part("problems"), detail, linkFor(detail)))
session.addEventListener("stream", ({ detail }) => stage.show(detail))
session.addEventListener("stats", ({ detail }) => showStats(detail))
session.addEventListener("hush", () => (stage.hushed = true))
session.addEventListener("unhush", () => (stage.hushed = false))

stage.addEventListener("firstframe", () => {
  session.playing()
  if (greeting) session.repeat(greeting)
  greeting = ""
  if (document.activeElement === document.body) message.focus({ preventScroll: true })
})
stage.addEventListener("soundrefused", ({ refused }) => {
  controlsFor("hear")[0].hidden = !refused
})
stage.addEventListener("screen", ({ found }) => {
  screen.found = found
  showBackground()
})

function linkFor({ code }) {
  if (code !== "no_seat") return null
  return { text: "See your own sessions", href: document.querySelector("#studio").dataset.sessionsUrl }
}

// What is shown --------------------------------------------------------------------------

const STATE_TEXT = {
  idle: "Not started",
  opening: "Opening…",
  ready: "Ready to start",
  connecting: "Connecting…",
  live: "Live",
  closing: "Closing…",
  ended: "Ended",
}
const MOOD_TEXT = { listening: "", thinking: "Thinking", speaking: "Speaking" }

function show() {
  const { phase, mood, story, link } = session
  stage.setAttribute("phase", phase)
  stage.setAttribute("mood", mood)
  stage.setAttribute("link", isOpen(phase) ? link : "open")
  stage.caption = session.captions.text
  setText(part("state"), isOpen(phase) && link === "lost" ? "Reconnecting…" : STATE_TEXT[phase])
  showChip("mood", MOOD_TEXT[mood] ?? "")
  showChip("ice", isOpen(phase) ? story.iceState : "")
  showControls(phase)
  showPoster(phase)
  showTime(phase, story)
  if (phase === "ended") stage.clear()
}

function showChip(name, text) {
  part(name).hidden = !text
  setText(part(`${name}-text`), text)
}

function showControls(phase) {
  const can = controls(phase, { busy: session.busy })
  for (const action of ["begin", "new", "start", "close", "ask", "repeat", "interrupt"]) {
    for (const control of controlsFor(action)) control.disabled = !can[action]
  }
  for (const choice of Object.values(choices)) choice.disabled = !can.choose
}

const POSTER_TEXT = {
  opening: "Finding a seat…",
  ready: "In the wings. Press Start.",
  connecting: "Curtain up in a moment…",
  closing: "Closing…",
}

function showPoster(phase) {
  const { name, title } = chosenPersona()
  setText(part("poster-name"), name)
  setText(part("poster-line"), phase === "ended" ? endText() : POSTER_TEXT[phase] ?? title)
  setText(part("begin-text"), phase === "ended" ? "Talk again" : `Talk to ${name}`)
}

function endText() {
  const reason = session.endReason
  return reason ? `It ended: ${reason}.` : "It ended."
}

function showTime(phase, story) {
  const clock = document.querySelector("time-left")
  clock.setAttribute("offset-ms", session.clockOffsetMs)
  if (isOpen(phase)) clock.setAttribute("ends-at", story.endsAt)
  else clock.removeAttribute("ends-at")
}

function showStats({ fps, kbit_s, rtt_ms, jitter_ms, height }) {
  setText(part("media"), `${height}p, ${fps} fps, ${kbit_s} kbit/s, round trip ${rtt_ms} ms, jitter ${jitter_ms} ms`)
}

function showBackground() {
  const nothingToRemove = background.wanted && screen.found === false && isOpen(session.phase)
  part("not-green").hidden = !nothingToRemove
}

setInterval(() => {
  const left = session.phase === "live" && !session.busy
    ? idleSecondsLeft({ quietSinceMs: session.quietSinceMs, nowMs: Date.now(), idleS: facts.idleS })
    : null
  part("idle").hidden = left === null
  if (left !== null) setText(part("idle-seconds"), String(left))
}, 1000)

// Choices ----------------------------------------------------------------------------------

function chosenPersona() {
  return facts.personas.find(({ slug }) => slug === choices.persona.value) ?? facts.personas[0]
}

choices.persona.addEventListener("change", () => {
  showOwn()
  show()
})
choices.quality.value = preferred.quality
choices.quality.addEventListener("change", () => remember({ quality: choices.quality.value }))

let names = { avatar: new Map(), voice: new Map() }

async function loadLists() {
  part("lists").hidden = true
  try {
    const [avatars, voices] = await Promise.all([api.avatars(), api.voices()])
    names = {
      avatar: new Map(avatars.map(({ avatar_id, name }) => [avatar_id, name])),
      voice: new Map(voices.map(({ voice_id, name }) => [voice_id, name])),
    }
    fillSelect(choices.avatar, avatars.map(({ avatar_id, name }) => ({ value: avatar_id, text: name })))
    fillSelect(choices.voice, voices.map(voiceOption))
    showOwn()
  } catch (problem) {
    part("lists").hidden = false
    setText(part("lists").querySelector("p"), `Avatars and voices could not be listed. ${problem.message} (${problem.code})`)
  }
}

function voiceOption({ voice_id, name, language, gender }) {
  return { value: voice_id, text: gender ? `${name}, ${gender}` : name, group: language }
}

/** Say whose face and voice "the persona's own" means. */
function showOwn() {
  const persona = chosenPersona()
  for (const kind of ["avatar", "voice"]) {
    const name = names[kind].get(persona[kind]) ?? persona[kind]
    choices[kind].options[0].textContent = name ? `Own (${name})` : "Own"
  }
}

// Sound, and going away ----------------------------------------------------------------------

const volume = part("volume")
volume.addEventListener("input", () => {
  stage.volume = volume.value / 100
  remember({ volume: stage.video.volume })
})
volume.value = preferred.volume * 100
stage.volume = preferred.volume
setMuted(preferred.muted)

const singleKeys = document.querySelector("#single-keys")
singleKeys.checked = preferred.singleKeys
singleKeys.addEventListener("change", () => remember({ singleKeys: singleKeys.checked }))

/** The tab goes away: a beacon gives the seat back at once, where a lease would take seconds. */
addEventListener("pagehide", () => {
  if (!isOpen(session.phase)) return
  if (session.id) navigator.sendBeacon(`/sessions/${session.id}/leave`, new FormData(leaveForm))
  session.leave()
})

log.add({ kind: "status", text: "Press Talk, or New and then Start" })
loadLists()
show()
