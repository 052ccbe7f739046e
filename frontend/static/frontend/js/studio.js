/** The studio: the place where its parts are made and joined. */
import { AvatarStage } from "frontend/elements/avatar-stage"
import { LiveTranscript, nameOf } from "frontend/elements/live-transcript"
import { RetryIn } from "frontend/elements/retry-in"
import { StatusLog } from "frontend/elements/status-log"
import { TimeLeft } from "frontend/elements/time-left"
import { TurnTimings } from "frontend/elements/turn-timings"
import { fill, gettext, ngettext } from "frontend/i18n"
import { figuresText } from "frontend/media/grade"
import { AvatarPeer } from "frontend/media/peer"
import { Choices } from "frontend/page/choices"
import { ConnectionPanel } from "frontend/page/connection-panel"
import { BackgroundCorner, ShowCorner, VoiceCorner } from "frontend/page/corners"
import { LinePanel } from "frontend/page/line-panel"
import { tellListeners } from "frontend/page/news"
import { controlsFor, letKeysWork, part, setText } from "frontend/page/parts"
import { showPoster } from "frontend/page/poster"
import { preferences, remember } from "frontend/page/preferences"
import { clearProblems, showProblem } from "frontend/page/problems"
import { Tabs } from "frontend/page/tabs"
import { Api } from "frontend/session/api"
import { idleSecondsLeft } from "frontend/session/idle"
import { controls, hasStream, isInLine, isOpen } from "frontend/session/phase"
import { follow, NOTHING } from "frontend/session/presentation"
import { actionFor } from "frontend/session/shortcuts"
import { SessionSocket, socketUrl } from "frontend/session/socket"
import { Tab } from "frontend/session/tab"
import { Transcript } from "frontend/session/transcript"
import { ViewerSession } from "frontend/session/viewer"
import { timeLeftText } from "frontend/session/wording"

AvatarStage.define()
LiveTranscript.define()
RetryIn.define()
StatusLog.define()
TimeLeft.define()
TurnTimings.define()
letKeysWork()

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
  isSeen: () => !document.hidden,
})
const choices = new Choices({ api, personas: facts.personas, preferred, onChange: show })
const line = new LinePanel({
  session,
  volume: () => (stage.muted ? 0 : stage.video.volume),
  onTick: show,
})
const connection = new ConnectionPanel({ session, log: (text) => log.add({ kind: "status", text }) })
const background = new BackgroundCorner({ means: { stage, onChange: showBackground }, persona: choices.persona })
const voice = new VoiceCorner({
  means: {
    session,
    api,
    message,
    language: () => choices.persona.language,
    onProblem: (problem) => showProblem(part("problems"), problem),
  },
  preferred,
  isAvailable: facts.transcription.available,
})
const desk = new Tabs(part("tabs"), opened)

/** What the persona presents and shows. */
let presentation = NOTHING
const shows = new ShowCorner(session)

/** What was said in this conversation. */
const transcript = new Transcript()

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
  pip: () => togglePictureInPicture(),
  background: () => background.flip(),
  message: () => message.focus(),
  help: async () => (await import("frontend/page/help-dialog")).openHelp(),
  "help-close": () => part("help").close(),
  lists: () => choices.load(),
  swap: () => swap(),
  "copy-transcript": () => copyTranscript(),
  ...connection.actions,
  ...Object.fromEntries(
    ["present", "present-back", "present-next", "present-stop", "exhibit-hide", "exhibit-again"].map((name) => [
      name,
      () => shows.act(name),
    ]),
  ),
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
  else transcript.clear()
  connection.choose(choices.wish.quality)
  await session.open({ ...choices.wish, background: background.wanted ? "green" : "" }, how)
}

/** What is chosen in the set-up takes the stage of the running session. */
async function swap() {
  const { quality, ...face } = choices.wish
  const isNew = differing().includes("quality")
  clearProblems(part("problems"))
  // A size that was not touched stays as it is, which the connection may have made smaller.
  if (differing().some((name) => name !== "quality")) {
    await session.swap(isNew ? choices.wish : face, choices.persona.name)
  } else {
    await session.changeQuality(quality)
  }
  if (isNew && session.choice.quality === quality) connection.choose(quality)
}

/** What of the set-up is not what the running session was asked for. */
function differing() {
  const wish = choices.wish
  return Object.keys(wish).filter((name) => (session.choice[name] ?? "") !== wish[name])
}

async function copyTranscript() {
  await navigator.clipboard.writeText(transcript.text(nameOf))
  setText(part("copy-text"), gettext("Copied"))
  setTimeout(() => setText(part("copy-text"), gettext("Copy")), 2_000)
}

function speak(say, maxChars = Infinity) {
  if (session.phase !== "live" || session.hold) return
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
  if (!text) return gettext("Write a message first")
  if (text.length <= maxChars) return ""
  return fill(gettext("Repeat takes at most {most} characters; these are {count}"), { most: maxChars, count: text.length })
}

function setMuted(muted) {
  stage.muted = muted
  remember({ muted })
  for (const button of controlsFor("mute")) button.setAttribute("aria-pressed", String(muted))
}

/** The whole studio, so that captions, what is shown, keys and message box come along. */
async function toggleFullscreen() {
  if (document.fullscreenElement) await document.exitFullscreen()
  else await document.querySelector("#studio").requestFullscreen?.().catch(() => {}) // some frames may not
}

async function togglePictureInPicture() {
  const { video } = stage
  if (document.pictureInPictureElement) await document.exitPictureInPicture()
  else await video.requestPictureInPicture().catch(() => {}) // it has no picture yet
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
session.addEventListener("frame", ({ detail }) => {
  presentation = follow(presentation, detail)
  transcript.follow(detail)
})
session.addEventListener("past", ({ detail }) => transcript.follow(detail, { isPast: true }))
session.addEventListener("retell", ({ detail }) => transcript.retell(detail))
session.addEventListener("talked", ({ detail: { state, taskId } }) => transcript.talked(state, taskId))
session.addEventListener("stream", ({ detail }) => stage.show(detail))
session.addEventListener("playing", ({ detail }) => begun(detail))
session.addEventListener("stats", ({ detail }) => showStats(detail))
session.addEventListener("hush", () => (stage.hushed = true))
session.addEventListener("unhush", () => (stage.hushed = false))
session.speech.addEventListener("word", () => showWords())
session.addEventListener("time", ({ detail }) => {
  const text = timeLeftText(detail)
  tellListeners(`${text}.`)
  showLastMinute(text)
})

stage.addEventListener("firstframe", () => session.playing())

/** The stream plays, with or without a picture. */
function begun({ hold }) {
  if (hold === "persona") session.repeat(choices.persona.welcome)
  else if (!hold && session.goesOn) welcomeBack()
  else if (greets) session.repeat(choices.persona.welcome)
  greets = false
  desk.suggest("panel-talk")
  import("frontend/page/loudspeakers").then(({ offerLoudspeakers }) => offerLoudspeakers(stage.video, preferences().speaker))
  const isFree = document.activeElement === document.body && !voice.isOn
  if (isFree) message.focus({ preventScroll: true })
}

function opened(panel) {
  if (panel === "panel-background") background.open()
  // What came while nobody looked stands below: the newest is shown first.
  for (const list of document.querySelectorAll(`#${panel} ol`)) list.scrollTop = list.scrollHeight
  if (panel !== "panel-setup") return
  import("frontend/page/loudspeakers").then(({ offerLoudspeakers }) => offerLoudspeakers(stage.video, preferences().speaker))
}

function welcomeBack() {
  const text = gettext("Welcome back; the conversation goes on")
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
  if (code === "media_failed" || code === "start_timeout") {
    return { text: gettext("See what is in the way"), href: document.querySelector("#studio").dataset.doctorUrl }
  }
  if (code !== "no_seat" && code !== "too_many_sessions") return null
  return { text: gettext("See your own sessions"), href: document.querySelector("#studio").dataset.sessionsUrl }
}

// What is shown --------------------------------------------------------------------------

const STATE_TEXT = {
  idle: gettext("Not started"),
  opening: gettext("Opening…"),
  waiting: gettext("In line"),
  offered: gettext("A seat is free"),
  ready: gettext("Ready to start"),
  connecting: gettext("Connecting…"),
  live: gettext("Live"),
  resuming: gettext("Reconnecting…"),
  closing: gettext("Closing…"),
  ended: gettext("Ended"),
  elsewhere: gettext("In another window"),
}
const MOOD_TEXT = {
  listening: gettext("Listening"),
  thinking: gettext("Thinking"),
  speaking: gettext("Speaking"),
}

function stateText({ phase, link, hold }) {
  if (isOpen(phase) && link === "lost") return STATE_TEXT.resuming
  return hold && isOpen(phase) ? gettext("One moment…") : STATE_TEXT[phase]
}

function show() {
  const { phase, mood, story, link, hold } = session
  background.persona = choices.persona
  stage.setAttribute("phase", phase)
  stage.toggleAttribute("hold", hold !== "")
  if (hold) stage.setAttribute("hold", hold)
  stage.setAttribute("mood", mood)
  stage.setAttribute("link", isOpen(phase) ? link : "open")
  showWords()
  setText(part("state"), stateText(session))
  showChip("mood", hold ? "" : (MOOD_TEXT[mood] ?? ""))
  showChip("ice", hasStream(phase) ? story.iceState : "")
  if (isOpen(phase)) followPersona(story)
  const can = controls(phase, {
    busy: session.busy,
    continuable: session.end.continues !== "",
    held: hold !== "",
  })
  showControls(can)
  showPicture(phase)
  if (phase === "ended") transcript.stop()
  showTranscript()
  connection.show(phase === "live")
  showPoster({ session, persona: choices.persona, inLine: isInLine(phase) ? line.words : null, can })
  line.show()
  if (!isOpen(phase)) presentation = NOTHING
  shows.show(presentation, phase === "live")
  voice.show()
  document.querySelector("turn-timings").timings = story.timings
  showTime(phase, story)
  if (!hasStream(phase) && !hold) stage.clear()
}

let shownPersona = ""

/** Whoever is on stage is the one chosen, until somebody chooses another for it. */
function followPersona({ personaSlug }) {
  if (!personaSlug || personaSlug === shownPersona) return
  shownPersona = personaSlug
  choices.personaSlug = personaSlug
}

/** Where no picture comes through, the still of the avatar listens and speaks. */
function showPicture(phase) {
  const isAlone = phase === "live" && !session.presence.picture
  part("voice-only").hidden = !isAlone
  stage.alone = isAlone
  stage.still = isAlone ? (choices.persona.still ?? "") : ""
}

function showTranscript() {
  const { entries } = transcript
  document.querySelector("live-transcript").entries = entries
  part("transcript-empty").hidden = entries.length > 0
  controlsFor("copy-transcript")[0].disabled = entries.length === 0
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
  showSwap(can)
}

/** While somebody is on stage, another choice waits for a word. */
function showSwap(can) {
  const differs = differing()
  part("swap").hidden = !can.swap || differs.length === 0
  const text = differs.includes("persona")
    ? fill(gettext("Bring {name} on stage"), { name: choices.persona.name })
    : gettext("Change it now")
  setText(part("swap-text"), text)
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

function showStats(stats) {
  setText(part("media"), figuresText(stats))
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
  if (left === null) return
  const words = ngettext(
    "Still there? The seat is given back in {n} second.",
    "Still there? The seat is given back in {n} seconds.",
    left,
  )
  setText(part("idle-words"), fill(words, { n: left }))
}, 1000)

// Sound, and going away ----------------------------------------------------------------------

controlsFor("pip")[0].hidden = !document.pictureInPictureEnabled

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
    log.add({ kind: "status", text: gettext("Press Talk, or New and then Start") })
  }
}

const kept = tab.recall()
if (kept && wantsAnother(kept)) tab.forget()
choices.load()
show()
comeBack(tab.recall())
if (facts.continue) history.replaceState(null, "", location.pathname)
