/** The box on another site: a slim studio for one persona, from the studio's own parts. */
import { paint } from "frontend/editing/backdrop"
import { AvatarStage } from "frontend/elements/avatar-stage"
import { TimeLeft } from "frontend/elements/time-left"
import { Host } from "frontend/embed/host"
import { storageOf, VisitorPass } from "frontend/embed/pass"
import { beginWords, moodWords, posterWords, problemWords, stateWords } from "frontend/embed/words"
import { gettext } from "frontend/i18n"
import { AvatarPeer } from "frontend/media/peer"
import { LinePanel } from "frontend/page/line-panel"
import { tellListeners } from "frontend/page/news"
import { controlsFor, letKeysWork, part, setText } from "frontend/page/parts"
import { Api } from "frontend/session/api"
import { idleSecondsLeft } from "frontend/session/idle"
import { controls, hasStream, isInLine, isOpen } from "frontend/session/phase"
import { SessionSocket, socketUrl } from "frontend/session/socket"
import { Tab } from "frontend/session/tab"
import { ViewerSession } from "frontend/session/viewer"

AvatarStage.define()
TimeLeft.define()

const RENEW_EVERY_MS = 300_000
/** Of the transcript, so many lines stay. */
const MOST_LINES = 100
/** What of the log is conversation. */
const SPOKEN = new Set(["said", "heard"])

const facts = JSON.parse(document.querySelector("#facts").textContent)
const stage = document.querySelector("avatar-stage")
const message = document.querySelector("#message")
const log = part("log")
const lines = part("lines")

const storage = storageOf(`greenroom.embed.${facts.slug}.${facts.key}`)
const host = new Host({ origins: facts.origins })
const pass = new VisitorPass({
  fetch: (...request) => fetch(...request),
  storage,
  visit: () => ({ slug: facts.slug, key: facts.key, origin: host.origin }),
  language: facts.interface,
})
const api = new Api({ fetch: (path, request) => pass.send(path, request), csrfToken: "" })
const tab = new Tab({ storage, locks: storage && (navigator.locks ?? null) })
const session = new ViewerSession({
  api,
  connect: (id, handlers) =>
    new SessionSocket({
      url: socketUrl(id, location).replace("/ws/", "/ws/embed/"),
      open: (address) => new WebSocket(address, pass.subprotocols),
      ...handlers,
    }),
  createPeer: (means) => new AvatarPeer(means),
  tab,
})
const line = new LinePanel({ session, volume: () => (stage.muted ? 0 : 1), onTick: show })
// Its modules are fetched only where somebody writes down what is said.
const { VoiceKey } = facts.hears ? await import("frontend/embed/voice") : {}
const voice = VoiceKey
  ? new VoiceKey({
      key: part("voice"),
      session,
      api,
      language: facts.language,
      onProblem: showProblem,
      onWords: (words) => setText(part("voice-words"), words),
    })
  : null

/** Written, or asked by the page, before anybody was on the stage. */
let firstQuestion = ""
/** Whether the persona says hello when it appears. */
let greets = false

// What people can do ---------------------------------------------------------------------

const ACTIONS = {
  begin: () => begin(),
  take: () => session.take(),
  move: () => session.move(),
  "leave-line": () => session.close(),
  end: () => session.close(),
  ask: () => ask(message.value),
  interrupt: () => session.interrupt(),
  stay: () => session.stay(),
  hear: () => stage.play(),
  mute: () => setMuted(!stage.muted),
  fullscreen: () => toggleFullscreen(),
  "close-problem": () => clearProblem(),
}

/** What the page around us can do; whoever looks at it can do all of it, too. */
const ORDERS = {
  begin: () => begin(),
  ask: ({ text }) => ask(text),
  say: ({ text }) => session.phase === "live" && session.repeat(text),
  interrupt: () => session.interrupt(),
  end: () => session.close(),
}

function begin() {
  if (!controls(session.phase).begin) return
  clearProblem()
  lines.replaceChildren()
  letLogBeRead()
  greets = true
  session.open({ quality: "medium" }, { starts: true })
}

/** Ask now, or as soon as somebody is there to answer. */
function ask(text) {
  const question = text.trim()
  if (!question) return message.focus()
  message.value = ""
  clearProblem()
  if (session.phase === "live") return session.ask(question)
  firstQuestion = question
  begin()
}

function setMuted(muted) {
  stage.muted = muted
  for (const button of controlsFor("mute")) button.setAttribute("aria-pressed", String(muted))
}

async function toggleFullscreen() {
  if (document.fullscreenElement) await document.exitFullscreen()
  else await document.documentElement.requestFullscreen?.().catch(() => {}) // some frames may not
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
  if (event.key === "Escape" && !document.fullscreenElement) session.interrupt()
})

// What the session tells -----------------------------------------------------------------

session.addEventListener("change", () => show())
session.addEventListener("line", ({ detail }) => note(detail))
session.addEventListener("problem", ({ detail }) => showProblem(detail))
session.addEventListener("stream", ({ detail }) => stage.show(detail))
session.addEventListener("picture", ({ detail: hasPicture }) => (stage.alone = !hasPicture))
session.addEventListener("hush", () => (stage.hushed = true))
session.addEventListener("unhush", () => (stage.hushed = false))
session.speech.addEventListener("word", () => showWords())

stage.addEventListener("firstframe", () => session.playing())
session.addEventListener("playing", () => begun())

/** The stream plays, with or without a picture. */
function begun() {
  if (firstQuestion) session.ask(firstQuestion)
  else if (greets && !session.goesOn && facts.welcome) session.repeat(facts.welcome)
  greets = false
  firstQuestion = ""
  if (document.activeElement?.closest(".stage-poster")) message.focus({ preventScroll: true })
}

stage.addEventListener("soundrefused", ({ refused }) => {
  controlsFor("hear")[0].hidden = !refused
})

function note({ kind, text }) {
  if (!SPOKEN.has(kind)) return
  const entry = document.createElement("li")
  entry.dataset.kind = kind
  entry.textContent = text
  lines.append(entry)
  while (lines.children.length > MOST_LINES) lines.firstElementChild.remove()
  letLogBeRead()
  log.scrollTop = log.scrollHeight
}

/** By keyboard, too, where there is something to scroll: small boxes have no room for it. */
function letLogBeRead() {
  if (log.scrollHeight > log.clientHeight && log.clientHeight > 0) log.tabIndex = 0
  else log.removeAttribute("tabindex")
}

// What is shown --------------------------------------------------------------------------

let told = { phase: "idle", mood: "" }

function show() {
  const { phase, mood, link } = session
  stage.setAttribute("phase", phase)
  stage.setAttribute("mood", mood)
  stage.setAttribute("link", isOpen(phase) ? link : "open")
  stage.toggleAttribute("alone", phase === "live" && !session.presence.picture)
  showWords()
  showChip("state", isOpen(phase) && link === "lost" ? gettext("Reconnecting…") : stateWords(phase))
  showChip("mood", moodWords(mood))
  showPoster(phase)
  line.show()
  showControls(controls(phase, { busy: session.busy }))
  showTime(phase)
  voice?.show()
  if (!hasStream(phase)) stage.clear()
  tellHost()
}

function showWords() {
  stage.caption = session.speech.caption
  stage.word = session.speech.word
  part("caption").querySelector(".word")?.scrollIntoView({ block: "nearest" })
}

function showChip(name, text) {
  part(name).hidden = !text
  setText(part(`${name}-text`), text)
}

function showPoster(phase) {
  const inLine = isInLine(phase) ? line.words : null
  setText(part("poster-line"), inLine?.line ?? posterWords(session, stage.dataset.title))
  setText(part("poster-hint"), inLine?.hint ?? "")
  part("poster-hint").hidden = !inLine?.hint
  setText(part("begin-text"), beginWords(session, facts.name))
  part("small-print").hidden = phase !== "idle"
}

function showControls(can) {
  for (const action of ["begin", "take", "move", "leave-line"]) controlsFor(action)[0].hidden = !can[action]
  controlsFor("begin")[0].disabled = !can.begin
  controlsFor("end")[0].hidden = !hasStream(session.phase)
  controlsFor("interrupt")[0].hidden = !can.interrupt
  controlsFor("ask")[0].hidden = can.interrupt && !message.value
  controlsFor("ask")[0].disabled = !can.ask && !can.begin
}

function showTime(phase) {
  const clock = document.querySelector("time-left")
  clock.setAttribute("offset-ms", session.clockOffsetMs)
  if (hasStream(phase)) clock.setAttribute("ends-at", session.story.endsAt)
  else clock.removeAttribute("ends-at")
}

function showProblem(problem) {
  setText(part("problem-text"), problemWords(problem))
  part("problem").hidden = false
  host.tell("error", { code: problem.code, message: problemWords(problem) })
}

function clearProblem() {
  part("problem").hidden = true
}

message.addEventListener("input", () => show())
addEventListener("resize", () => letLogBeRead())

setInterval(() => {
  const left = session.phase === "live" && !session.busy
    ? idleSecondsLeft({ quietSinceMs: session.quietSinceMs, nowMs: Date.now(), idleS: facts.idleS })
    : null
  part("idle").hidden = left === null
  if (left !== null) setText(part("idle-seconds"), String(left))
}, 1000)

// The page around us -----------------------------------------------------------------------

host.addEventListener("ready", () => {
  host.tell("ready", { persona: facts.name })
  told = { phase: "idle", mood: "" }
  tellHost()
})
host.addEventListener("order", ({ detail }) => ORDERS[detail.type]?.(detail))
host.addEventListener("stranger", () => {
  showProblem({ code: "origin_not_allowed", message: gettext("This conversation is not for this site.") })
})

/** How things stand, whenever that is news. */
function tellHost() {
  const { phase, mood, story, end } = session
  if (isInLine(phase) && story.place) {
    const { position, offered_until } = story.place
    const place = `${position}${offered_until}`
    if (place !== told.place) host.tell("waiting", { position, offered: Boolean(offered_until) })
    told = { ...told, place }
  }
  if (phase !== told.phase) {
    if (phase === "live") host.tell("live")
    if (phase === "ended") host.tell("ended", { reason: end.reason })
  }
  if (mood !== told.mood) host.tell("mood", { mood })
  told = { ...told, phase, mood }
}

// Coming and going ---------------------------------------------------------------------------

addEventListener("pagehide", () => {
  if (!isOpen(session.phase)) return
  if (session.id) pass.leave(session.id)
  session.leave()
})
addEventListener("pageshow", ({ persisted }) => {
  if (persisted) comeBack()
})
setInterval(() => isOpen(session.phase) && pass.keep().catch(() => {}), RENEW_EVERY_MS)

/** A frame that is there again was loaded anew with the page around it, or with the next one. */
function comeBack() {
  const kept = tab.recall()
  if (!kept || !pass.isKnown) return
  session.comeBack(kept, { isReload: true })
}

paint(stage, facts.keying)
letKeysWork()
show()
comeBack()
host.knock()
tellListeners("")
