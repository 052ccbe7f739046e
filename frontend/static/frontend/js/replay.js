/** The page of a replay: the place where its parts are made and joined. */
import { AvatarStage } from "frontend/elements/avatar-stage"
import { isVisitors, Player } from "frontend/history/player"
import { AvatarVoice, ReadingVoice } from "frontend/history/voices"
import { fill, gettext } from "frontend/i18n"
import { AvatarPeer } from "frontend/media/peer"
import { controlsFor, letKeysWork, part, setText } from "frontend/page/parts"
import { preferences } from "frontend/page/preferences"
import { clearProblems, showProblem } from "frontend/page/problems"
import { Api } from "frontend/session/api"
import { placeText } from "frontend/session/line"
import { hasStream, isInLine, isOpen } from "frontend/session/phase"
import { SessionSocket, socketUrl } from "frontend/session/socket"
import { ViewerSession } from "frontend/session/viewer"

AvatarStage.define()
letKeysWork()

const { id, lines, persona } = JSON.parse(document.querySelector("#replayed").textContent)
const stage = document.querySelector("avatar-stage")
const leaveForm = part("leave")
const csrfToken = new FormData(leaveForm).get("csrfmiddlewaretoken")
const speed = document.querySelector("#speed")

/** A replay is begun anew after a reload, so this tab keeps nothing of it. */
const tab = { remember() {}, forget() {}, release() {}, hold: async () => true }
const session = new ViewerSession({
  api: new Api({ fetch: (...request) => fetch(...request), csrfToken }),
  connect: (sessionId, handlers) =>
    new SessionSocket({ url: socketUrl(sessionId, location), ...handlers }),
  createPeer: (means) => new AvatarPeer(means),
  tab,
})
const reading = new ReadingVoice(() => player.speed)
const speaking = new AvatarVoice(session)
const player = new Player({ lines, voice: reading })

/** "": nothing has begun; "avatar": it says the lines; "reading": nobody does. */
let mode = ""
/** What was said last of how it went, for the line below the stage. */
let word = ""

// What people can do -----------------------------------------------------------------

const ACTIONS = {
  begin: () => begin(),
  read: () => read(),
  play: () => (player.isPlaying ? player.pause() : play()),
  back: () => player.step(-1),
  next: () => player.step(1),
  end: () => end(),
  hear: () => stage.play(),
  mute: () => mute(),
}

async function begin() {
  clearProblems(part("problems"))
  player.pause()
  mode = "avatar"
  word = ""
  player.speed = Number(speed.value)
  await session.open({ replays: id, speed: speed.value }, { starts: true })
}

async function read() {
  clearProblems(part("problems"))
  player.pause()
  mode = "reading"
  word = ""
  player.speed = Number(speed.value)
  player.voice = reading
  if (isOpen(session.phase)) await session.close()
  player.play()
}

/** Go on; where the avatar is gone by now, it is called again. */
function play() {
  if (mode === "avatar" && session.phase === "live") player.play()
  else if (mode === "reading") player.play()
  else if (mode === "avatar" && !isOpen(session.phase)) begin()
}

async function end() {
  player.pause()
  if (isOpen(session.phase)) await session.close()
  mode = ""
  show()
}

function mute() {
  stage.muted = !stage.muted
  for (const key of controlsFor("mute")) key.setAttribute("aria-pressed", String(stage.muted))
}

document.addEventListener("click", ({ target }) => {
  const control = target.closest("[data-do]")
  if (control) ACTIONS[control.dataset.do]()
  const turn = target.closest("[data-turn]")
  if (turn) player.seek(Number(turn.dataset.turn))
})

speed.addEventListener("change", () => {
  if (mode === "reading") player.speed = Number(speed.value)
})

// What the session and the player tell -------------------------------------------------

session.addEventListener("change", () => {
  if (session.phase === "offered") session.take()
  if (session.phase === "ended" && mode === "avatar") word = session.end.text
  show()
})
session.addEventListener("problem", ({ detail }) => {
  showProblem(part("problems"), detail)
})
session.addEventListener("stream", ({ detail }) => stage.show(detail))
session.addEventListener("hush", () => (stage.hushed = true))
session.addEventListener("unhush", () => (stage.hushed = false))
session.speech.addEventListener("word", () => showWords())

session.addEventListener("playing", () => {
  player.voice = speaking
  player.play()
})
stage.addEventListener("firstframe", () => session.playing())
stage.addEventListener("soundrefused", ({ refused }) => {
  controlsFor("hear")[0].hidden = !refused
})

player.addEventListener("change", () => show())
player.addEventListener("trouble", ({ detail }) => {
  if (detail.code) showProblem(part("problems"), detail)
})

// What is shown --------------------------------------------------------------------------

const WAITS = {
  opening: gettext("Finding a seat…"),
  ready: gettext("The curtain opens in a moment…"),
  connecting: gettext("The curtain opens in a moment…"),
  resuming: gettext("Reconnecting…"),
  closing: gettext("Closing…"),
}

function show() {
  const { phase } = session
  stage.setAttribute("phase", mode === "reading" ? "idle" : phase)
  stage.setAttribute("mood", session.mood)
  stage.setAttribute("link", isOpen(phase) ? session.link : "open")
  if (!hasStream(phase)) stage.clear()
  showWords()
  setText(part("state"), stateText())
  showKeys()
  showTurn()
}

function stateText() {
  if (isInLine(session.phase) && session.story.place) return placeText(session.story.place)
  if (mode === "avatar" && WAITS[session.phase]) return WAITS[session.phase]
  if (word && !player.isPlaying) return word
  if (mode === "" || !lines.length) return gettext("Not started")
  if (player.isOver) return gettext("That was all of it")
  if (!player.isPlaying) return gettext("Paused")
  return mode === "reading" ? gettext("Reading along") : gettext("Replaying")
}

function showKeys() {
  const isBusy = isOpen(session.phase) && session.phase !== "live"
  const isOn = mode === "reading" || isOpen(session.phase)
  controlsFor("begin")[0].hidden = isOpen(session.phase)
  controlsFor("read")[0].hidden = mode === "reading"
  controlsFor("end")[0].hidden = !isOn
  for (const key of ["play", "back", "next"]) {
    for (const control of controlsFor(key)) control.disabled = mode === "" || isBusy
  }
  const verb = player.isPlaying ? gettext("Pause") : gettext("Play")
  setText(part("play-text"), verb)
  part("player").toggleAttribute("data-playing", player.isPlaying)
  speed.disabled = isOpen(session.phase)
}

/** Who speaks, and which turn that is. */
function showTurn() {
  const { line, turns } = player
  const isVisitor = line && player.isShown && isVisitors(line)
  part("visitor").hidden = !isVisitor
  if (isVisitor) setText(part("visitor-words"), line.text)
  const n = line ? turns.indexOf(line.turn) + 1 : turns.length
  setText(part("turn"), fill(gettext("Turn {n} of {all}"), { n, all: turns.length }))
  part("progress").value = n
  for (const key of document.querySelectorAll("[data-turn]")) {
    if (line && mode && Number(key.dataset.turn) === line.turn) key.setAttribute("aria-current", "true")
    else key.removeAttribute("aria-current")
  }
}

function showWords() {
  if (mode === "reading") {
    const { line } = player
    const isSaid = line && player.isShown && !isVisitors(line)
    stage.caption = isSaid ? line.text : ""
    stage.word = null
    return
  }
  stage.caption = session.speech.caption
  stage.word = session.speech.word
}

// Going away -----------------------------------------------------------------------------

addEventListener("pagehide", () => {
  if (!isOpen(session.phase)) return
  if (session.id) navigator.sendBeacon(`/sessions/${session.id}/leave`, new FormData(leaveForm))
  session.leave()
})

stage.volume = preferences().volume
stage.querySelector("video").setAttribute("aria-label", persona)
show()
