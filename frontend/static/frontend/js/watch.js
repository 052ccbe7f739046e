/** The second window: one session, watched as it happens. */
import { StatusLog } from "frontend/elements/status-log"
import { TimeLeft } from "frontend/elements/time-left"
import { fill, gettext } from "frontend/i18n"
import { part, setText } from "frontend/page/parts"
import { showProblem } from "frontend/page/problems"
import { Problem } from "frontend/session/api"
import { Captions } from "frontend/session/captions"
import { SessionSocket, socketUrl } from "frontend/session/socket"
import { isOver, tell, UNTOLD } from "frontend/session/story"
import { clockOffsetMs } from "frontend/session/time"
import { lineFor, reasonText, stateText } from "frontend/session/wording"

StatusLog.define()
TimeLeft.define()

const { session: id, persona } = document.querySelector("#watch").dataset
const log = document.querySelector("status-log")
const clock = document.querySelector("time-left")
const captions = new Captions()
let story = { ...UNTOLD, personaName: persona }

// From the first event on: who opens this window late wants to know how it came to this.
new SessionSocket({
  url: socketUrl(id, location),
  onFrame: hear,
  onLink: linked,
  beats: false,
  after: 0,
})

function hear(frame) {
  story = tell(story, frame)
  followSpeech(frame)
  if (frame.type === "snapshot") clock.setAttribute("offset-ms", clockOffsetMs(frame.at, Date.now()))
  else note(lineFor(frame, { persona, viewer: gettext("Viewer") }), frame.at)
  if (frame.type === "media.stats") showMedia(frame.data)
  show()
}

function followSpeech({ type, data }) {
  const taskId = String(data.task_id ?? "")
  if (type === "chat.sentence" || type === "avatar.farewell") captions.add(taskId, data.text)
  if (type === "avatar.start_talking") captions.start(taskId)
  if (type === "avatar.stop_talking") captions.stop(taskId)
}

function note(line, at) {
  if (line) log.add(line, new Date(at))
}

function linked(link, code) {
  if (link === "lost") log.add({ kind: "status", text: gettext("Connection lost; trying again") })
  if (link !== "gone" || isOver(story.state)) return
  const message =
    code === 4401
      ? gettext("You are signed out.")
      : gettext("This session can no longer be watched.")
  const problemCode = code === 4401 ? "not_authenticated" : "session_not_found"
  showProblem(part("problems"), new Problem({ code: problemCode, message }))
}

function show() {
  const over = isOver(story.state)
  const state = part("state")
  state.dataset.state = story.state
  setText(state, capitalised(stateText(story.state)))
  setText(part("ice"), story.iceState || "–")
  setText(part("speaking"), story.speaking ? gettext("yes") : gettext("no"))
  setText(part("caption"), captions.text)
  setText(part("ended"), over ? reasonText(story.endReason) : gettext("not yet"))
  part("stop").hidden = over
  part("record").hidden = !over
  showPlace(story.place)
  if (over || story.state === "waiting") clock.removeAttribute("ends-at")
  else if (story.endsAt) clock.setAttribute("ends-at", story.endsAt)
}

function showPlace(place) {
  for (const element of document.querySelectorAll("[data-part=line]")) element.hidden = !place
  if (place) {
    const { position: number, waiting: all } = place
    setText(part("place"), fill(gettext("number {number} of {all}"), { number, all }))
  }
}

function showMedia(stats) {
  const text = gettext(
    "{height}p, {fps} fps, {kbit_s} kbit/s, {rtt_ms} ms round trip, {jitter_ms} ms jitter, {freezes} freezes",
  )
  setText(part("media"), fill(text, stats))
}

function capitalised(text) {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
