/** The studio: the place where its parts are made and joined. */
import { AvatarStage } from "frontend/elements/avatar-stage"
import { RetryIn } from "frontend/elements/retry-in"
import { StatusLog } from "frontend/elements/status-log"
import { TimeLeft } from "frontend/elements/time-left"
import { TurnTimings } from "frontend/elements/turn-timings"
import { AvatarPeer } from "frontend/media/peer"
import { BackgroundPanel } from "frontend/page/background-panel"
import { Choices } from "frontend/page/choices"
import { closeHelp, openHelp } from "frontend/page/help-dialog"
import { ExhibitPanel } from "frontend/page/exhibit-panel"
import { LinePanel } from "frontend/page/line-panel"
import { tellListeners } from "frontend/page/news"
import { controlsFor, part, setText } from "frontend/page/parts"
import { showPoster } from "frontend/page/poster"
import { PresentationPanel } from "frontend/page/presentation-panel"
import { preferences, remember } from "frontend/page/preferences"
import { clearProblems, showProblem } from "frontend/page/problems"
import { Api } from "frontend/session/api"
import { idleSecondsLeft } from "frontend/session/idle"
import { controls, hasStream, isInLine, isOpen } from "frontend/session/phase"
import { follow, NOTHING } from "frontend/session/presentation"
import { actionFor } from "frontend/session/shortcuts"
import { SessionSocket, socketUrl } from "frontend/session/socket"
import { Tab } from "frontend/session/tab"
import { ViewerSession } from "frontend/session/viewer"
import { timeLeftText } from "frontend/session/wording"
import { VoicePanel } from "frontend/voice/panel"

AvatarStage.define()
RetryIn.define()
StatusLog.define()
TimeLeft.define()
TurnTimings.define()

/** What the avatar takes in one piece; the server refuses more. */
const MAX_REPEAT_CHARS = 1000

const facts = JSON.parse(document.querySelector("#facts").textContent)
const preferred = preferences()
const stage = document.querySelector("avatar-stage")
const log = document.querySelector("status-log")
const message = document.querySelector("#message")
const leaveForm = part("leave")
const csrfToken = new FormData(leaveForm).get("csrfmiddlewaretoken")

const api = new Api({ fetch: (...request) => fetch(...request), csrfToken })
const tab = new Tab()
const session = new ViewerSession({
  api,
  connect: (id, handlers) => new SessionSocket({ url: socketUrl(id, location), ...handlers }),
  createPeer: (means) => new AvatarPeer(means),
  tab,
})
const choices = new Choices({ api, personas: facts.personas, preferred, onChange: show })
const line = new LinePanel({
  session,
  volume: () => (stage.muted ? 0 : stage.video.volume),
  onTick: show,
})
const background = new BackgroundPanel({ stage, persona: choices.persona, onChange: showBackground })

const voice = new VoicePanel({
  session,
  api,
  message,
  preferred,
  language: () => choices.persona.language,
  isAvailable: facts.transcription.available,
  onProblem: (problem) => showProblem(part("problems"), problem),
})

/** What the persona presents and shows. */
let presentation = NOTHING
const presenter = new PresentationPanel(session)
const exhibits = new ExhibitPanel()

/** Whether the running session was asked for a green screen, and whether one was seen. */
let screen = { asked: false, found: null }

/** Whether the persona says hello: who called it step by step has something else in mind. */
let greets = false

// What people can do -----------------------------------------------------------------

const ACTIONS = {
  begin: () => open({ starts: true }),
  continue: () => open({ starts: true, goesOn: true }),
  new: () => open({ starts: false }),
  take: () => session.take(),
  move: () => session.move(),
  start: () => session.start(),
  close: () => session.close(),
  "leave-line": () => session.close(),
  ask: () => (answers() ? speak((text) => session.ask(text)) : ACTIONS.repeat()),
  repeat: () => speak((text) => session.repeat(text), MAX_REPEAT_CHARS),
  interrupt: () => session.interrupt(),
  correct: () => voice.correct(),
  stay: () => session.stay(),
  hear: () => stage.play(),
  mute: () => setMuted(!stage.muted),
  fullscreen: () => toggleFullscreen(),
  background: () => background.flip(),
  message: () => message.focus(),
  help: () => openHelp(),
  "help-close": () => closeHelp(),
  lists: () => choices.load(),
  ...presenter.actions,
  ...exhibits.actions,
  "again-green": async () => {
    await session.close()
    await ACTIONS.begin()
  },
}

/** Whether the persona answers; some say only what they are given. */
function answers() {
  return choices.persona?.answers !== false
}

async function open(how) {
  clearProblems(part("problems"))
  greets = how.starts
  screen = { asked: background.wanted, found: null }
  if (how.goesOn) choices.personaSlug = session.story.personaSlug
  await session.open({ ...choices.wish, background: background.wanted ? "green" : "" }, how)
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
session.addEventListener("line", ({ detail }) => log.add(detail, detail.at))
session.addEventListener("problem", ({ detail }) => showProblem(part("problems"), detail, linkFor(detail)))
session.addEventListener("frame", ({ detail }) => (presentation = follow(presentation, detail)))
session.addEventListener("stream", ({ detail }) => stage.show(detail))
session.addEventListener("stats", ({ detail }) => showStats(detail))
session.addEventListener("hush", () => (stage.hushed = true))
session.addEventListener("unhush", () => (stage.hushed = false))
session.speech.addEventListener("word", () => showWords())
session.addEventListener("time", ({ detail }) => {
  const text = timeLeftText(detail)
  tellListeners(`${text}.`)
  showLastMinute(text)
})

stage.addEventListener("firstframe", () => {
  const { goesOn } = session
  session.playing()
  if (goesOn) welcomeBack()
  else if (greets) session.repeat(choices.persona.welcome)
  greets = false
  const isFree = document.activeElement === document.body && !voice.isOn
  if (isFree) message.focus({ preventScroll: true })
})

function welcomeBack() {
  const text = "Welcome back; the conversation goes on"
  log.add({ kind: "status", text })
  tellListeners(`${text}.`)
}

stage.addEventListener("soundrefused", ({ refused }) => {
  controlsFor("hear")[0].hidden = !refused
})
stage.addEventListener("screen", ({ found }) => {
  screen.found = found
  showBackground()
})

function linkFor({ code }) {
  if (code !== "no_seat" && code !== "too_many_sessions") return null
  return { text: "See your own sessions", href: document.querySelector("#studio").dataset.sessionsUrl }
}

// What is shown --------------------------------------------------------------------------

const STATE_TEXT = {
  idle: "Not started",
  opening: "Opening…",
  waiting: "In line",
  offered: "A seat is free",
  ready: "Ready to start",
  connecting: "Connecting…",
  live: "Live",
  resuming: "Reconnecting…",
  closing: "Closing…",
  ended: "Ended",
  elsewhere: "In another window",
}
const MOOD_TEXT = { listening: "", thinking: "Thinking", speaking: "Speaking" }

function show() {
  const { phase, mood, story, link } = session
  background.persona = choices.persona
  stage.setAttribute("phase", phase)
  stage.setAttribute("mood", mood)
  stage.setAttribute("link", isOpen(phase) ? link : "open")
  showWords()
  setText(part("state"), isOpen(phase) && link === "lost" ? "Reconnecting…" : STATE_TEXT[phase])
  showChip("mood", MOOD_TEXT[mood] ?? "")
  showChip("ice", hasStream(phase) ? story.iceState : "")
  if (story.personaSlug && isOpen(phase)) choices.personaSlug = story.personaSlug
  const can = controls(phase, { busy: session.busy, continuable: session.end.continues !== "" })
  showControls(can)
  showPoster({ session, persona: choices.persona, inLine: isInLine(phase) ? line.words : null, can })
  line.show()
  if (!isOpen(phase)) presentation = NOTHING
  presenter.show(presentation, { isLive: phase === "live" })
  exhibits.show(presentation.shown)
  voice.show()
  document.querySelector("turn-timings").timings = story.timings
  showTime(phase, story)
  if (!hasStream(phase)) stage.clear()
}

function showWords() {
  stage.caption = session.speech.caption
  stage.word = session.speech.word
}

function showChip(name, text) {
  part(name).hidden = !text
  setText(part(`${name}-text`), text)
}

function showControls(can) {
  for (const action of ["begin", "new", "start", "close", "ask", "repeat", "interrupt"]) {
    for (const control of controlsFor(action)) control.disabled = !can[action]
  }
  for (const control of controlsFor("ask")) control.hidden = !answers()
  choices.disabled = !can.choose
}

function showTime(phase, story) {
  const clock = document.querySelector("time-left")
  clock.setAttribute("offset-ms", session.clockOffsetMs)
  if (hasStream(phase)) clock.setAttribute("ends-at", story.endsAt)
  else clock.removeAttribute("ends-at")
  if (phase !== "live") setText(part("last-minute"), "")
}

/** For a moment only: the clock beside it goes on by itself. */
function showLastMinute(text) {
  setText(part("last-minute"), text)
  setTimeout(() => {
    if (part("last-minute").textContent === text) setText(part("last-minute"), "")
  }, 6_000)
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

/** The tab goes away, or is loaded anew: from now on the session has only seconds. */
addEventListener("pagehide", () => {
  if (!isOpen(session.phase)) return
  if (session.id) navigator.sendBeacon(`/sessions/${session.id}/leave`, new FormData(leaveForm))
  session.leave()
})

// Coming back ---------------------------------------------------------------------------------

/** A page from the browser's back-forward cache is as good as one that was loaded anew. */
addEventListener("pageshow", ({ persisted }) => {
  if (persisted) comeBack(tab.recall())
})

/** "navigate", "reload", "back_forward": how this page was come to. */
const arrival = performance.getEntriesByType("navigation")[0]?.type ?? "navigate"

/** Whether somebody followed a link to another persona than the one they left. */
function wantsAnother(kept) {
  const asked = new URLSearchParams(location.search).get("persona")
  return arrival === "navigate" && Boolean(asked) && asked !== kept.choice.persona
}

function comeBack(kept) {
  greets = kept?.starts ?? false
  const asked = facts.continue
  if (asked && asked.id !== kept?.id) {
    const found = { id: asked.id, choice: choices.wish }
    if (asked.isOpen) session.findElsewhere(found)
    else session.comeBack(found)
  } else if (kept) {
    session.comeBack(kept, { isReload: arrival === "reload" })
  } else {
    log.add({ kind: "status", text: "Press Talk, or New and then Start" })
  }
}

const kept = tab.recall()
if (kept && wantsAnother(kept)) tab.forget()
choices.load()
show()
comeBack(tab.recall())
if (facts.continue) history.replaceState(null, "", location.pathname)
