/** The operators' board: what is going on now, what it was like, and stopping it. */
import { Operations } from "frontend/board/operations"
import { questionFor, requestFor } from "frontend/board/questions"
import { BoardView } from "frontend/board/view"
import { SeatHistory } from "frontend/elements/seat-history"
import { fill, gettext, pgettext } from "frontend/i18n"
import { confirmed } from "frontend/page/confirm"
import { part, setText } from "frontend/page/parts"
import { clearProblems, showProblem } from "frontend/page/problems"
import { Problem } from "frontend/session/api"
import { SessionSocket } from "frontend/session/socket"
import { clockOffsetMs, timeOfDay } from "frontend/session/time"

SeatHistory.define()

const page = document.querySelector("#board")
const idleS = Number(page.dataset.stopIdleS)
const csrfToken = document.querySelector("[name=csrfmiddlewaretoken]").value
const operations = new Operations({ fetch: (...request) => fetch(...request), csrfToken })
const view = new BoardView({ idleS })

// The newest picture, and the newest media reports, which also come by themselves.
let board = null
let media = {}
let offsetMs = 0

new SessionSocket({
  url: `${location.protocol === "https:" ? "wss:" : "ws:"}//${location.host}/ws/operate/`,
  onFrame: hear,
  onLink: linked,
  beats: false,
})
const ticking = setInterval(show, 1000) // ages and times left
page.addEventListener("click", clicked)

function hear({ type, at, data }) {
  offsetMs = clockOffsetMs(at, Date.now())
  media = data.media ?? media
  if (type === "board") board = data
  show()
}

function show() {
  if (!board) return
  view.show(board, media, serverMs())
  part("content").setAttribute("data-ready", "")
}

function serverMs() {
  return Date.now() + offsetMs
}

// The link ----------------------------------------------------------------------------------

const LINKS = {
  open: { state: "live", words: gettext("Updating live") },
  lost: { state: "connecting", words: gettext("Connection lost") },
  gone: { state: "failed", words: pgettext("connection of the board", "Ended") },
}

function linked(link, code) {
  part("link").dataset.state = LINKS[link].state
  setText(part("link"), LINKS[link].words)
  if (link === "open") clearProblems(part("problems"))
  if (link === "lost") tellLost()
  if (link === "gone") leave(code)
}

/** Once, however often it is tried again: screen readers read each notice out. */
function tellLost() {
  if (!board || !part("problems").hidden) return
  const message = fill(gettext("The connection was lost at {time}."), { time: timeOfDay(new Date()) })
  const detail = gettext("What you see is from before. Trying to come back.")
  showProblem(part("problems"), new Problem({ code: "link_lost", message, detail }))
}

/** Whoever may not see the board any more sees nothing of it. */
function leave(code) {
  board = null
  clearInterval(ticking)
  part("content").remove()
  document.title = `${gettext("Operators’ board")} · Greenroom`
  const problem =
    code === 4401
      ? new Problem({ code: "not_authenticated", message: gettext("You are signed out.") })
      : new Problem({ code: "staff_only", message: gettext("The board is for staff only.") })
  const door = { text: gettext("Sign in"), href: `/accounts/login/?next=${location.pathname}` }
  showProblem(part("problems"), problem, door)
}

// Doing ---------------------------------------------------------------------------------------

async function clicked({ target }) {
  const button = target.closest("button[data-do]")
  const isIdle = ["aria-disabled", "aria-busy"].every((name) => button?.getAttribute(name) !== "true")
  if (!button || !isIdle || !board) return
  const action = button.dataset.do
  const subject = subjectOf(button)
  const question = questionFor(action, subject, { board, idleS, nowMs: serverMs() })
  const { agreed, chosen } = question ? await confirmed(question) : { agreed: true, chosen: false }
  const request = agreed && requestFor(action, subject, chosen)
  if (request) await perform(button, request)
}

/** The session, ticket or account in whose row a button stands. */
function subjectOf(button) {
  const id = button.closest("[data-id]")?.dataset.id
  const all = [...board.sessions, ...board.line, ...board.accounts]
  return all.find((one) => String(one.id) === id) ?? {}
}

async function perform(button, request) {
  button.setAttribute("aria-busy", "true")
  try {
    setText(part("done"), "")
    setText(part("done"), await operations.post(...request))
    clearProblems(part("problems"))
  } catch (problem) {
    showProblem(part("problems"), problem)
  } finally {
    button.removeAttribute("aria-busy")
  }
}
