import { fill as fillRow, KeyedRows } from "frontend/board/keyed"
import {
  accountFacts,
  idleCount,
  longestWait,
  nameOf,
  sessionCells,
  ticketCells,
} from "frontend/board/rows"
import { fill, gettext, ngettext } from "frontend/i18n"
import { controlsFor, part, setText } from "frontend/page/parts"

/** The board's page: shows one picture after the other, and moves only what has changed. */
export class BoardView {
  #idleS
  #sessions = new KeyedRows(part("sessions"), part("session-row"))
  #line = new KeyedRows(part("line"), part("ticket-row"))
  #accounts = new KeyedRows(part("accounts"), part("account-row"))

  /** @param {{idleS: number}} facts  what counts as idle, in seconds */
  constructor({ idleS }) {
    this.#idleS = idleS
  }

  /**
   * @param {any} board  data of a `board` frame
   * @param {Record<string, Record<string, number>>} media  reports by session
   * @param {number} nowMs  by the server's clock
   */
  show(board, media, nowMs) {
    const { sessions, line, accounts } = board
    this.#showFigures(board, nowMs)
    this.#accounts.follow(accounts, (row, account) => showAccount(row, account, nowMs))
    this.#sessions.follow(sessions, (row, session) =>
      showWho(row, session, sessionCells(session, media[session.id] ?? {}, nowMs)),
    )
    this.#line.follow(line, (row, ticket) => showTicket(row, ticket, nowMs))
    part("no-sessions").hidden = sessions.length > 0
    part("some-sessions").hidden = sessions.length === 0
    part("some-line").hidden = line.length === 0
    document.title = `${titleOf(board)} · Greenroom`
  }

  #showFigures({ sessions, line, seats }, nowMs) {
    const idle = idleCount(sessions, this.#idleS, nowMs)
    const wait = longestWait(line, nowMs)
    setText(part("taken"), String(sessions.length))
    setText(part("seats-total"), String(seats))
    setText(part("waiting-count"), String(line.length))
    setText(part("longest"), wait ? fill(gettext("longest for {time}"), { time: wait }) : gettext("nobody in line"))
    setText(part("idle-count"), String(idle))
    setText(part("stop-idle-text"), fill(gettext("Stop idle ({count})"), { count: idle }))
    setText(part("stop-all-text"), fill(gettext("Stop all ({count})"), { count: sessions.length }))
    disable("stop-idle", !idle)
    disable("stop-all", !sessions.length)
  }
}

/** The tab tells how full it is. */
function titleOf({ sessions, line, seats }) {
  const facts = { taken: sessions.length, all: seats, waiting: line.length }
  if (!line.length) return fill(gettext("{taken} of {all} seats"), facts)
  const text = ngettext(
    "{taken} of {all} seats, {waiting} waiting",
    "{taken} of {all} seats, {waiting} waiting",
    line.length,
  )
  return fill(text, facts)
}

/** Not by `disabled`, which would throw whoever has just pressed it out of the button. */
function disable(action, isDisabled, root = document) {
  for (const button of controlsFor(action, root)) {
    button.setAttribute("aria-disabled", String(isDisabled))
  }
}

function showTicket(row, ticket, nowMs) {
  showWho(row, ticket, ticketCells(ticket, nowMs))
  disable("up", ticket.position === 1, row)
  disable("to-front", ticket.position === 1, row)
}

function showWho(row, session, cells) {
  fillRow(row, cells)
  const lamp = session.offered_until ? "live" : session.state
  row.querySelector("[data-field=state]").dataset.state = lamp
  row.querySelector("[data-field=persona]").href = `/sessions/${session.id}/`
  leadToSupport(row.querySelector("a[data-field=user]"), session)
  row.querySelector(".board-who").title = `${cells.persona.text}, ${cells.user.text}`
  for (const words of row.querySelectorAll("[data-part=whose]")) {
    setText(words, `, ${nameOf(session)}`)
  }
}

/** Whoever may help people gets there from their names; a deleted one leads nowhere. */
function leadToSupport(link, { user_id }) {
  if (!link) return
  if (user_id) link.href = `/operate/people/${user_id}/`
  else link.removeAttribute("href")
}

function showAccount(row, account, nowMs) {
  const { seats, health, problem } = accountFacts(account, nowMs)
  setText(part("name", row), account.name)
  setText(part("seats", row), seats)
  setText(part("health", row), health.text)
  part("health", row).dataset.level = health.level
  setText(part("problem", row), problem)
  part("problem", row).hidden = !problem
  showLamps(part("lamps", row), account)
  offer(row, "drain", !account.is_draining)
  offer(row, "undrain", account.is_draining)
  offer(row, "wake-up", Boolean(account.resting_until))
}

/** What fits into a card in a few lines. */
const MOST_LAMPS = 48

/** One lamp for each seat (of a large house, for so many): taken, taken by others, free. */
function showLamps(lamps, { seat_limit, taken, others }) {
  const seatsEach = Math.ceil(seat_limit / MOST_LAMPS) || 1
  const count = Math.ceil(seat_limit / seatsEach)
  while (lamps.children.length > count) lamps.lastElementChild.remove()
  while (lamps.children.length < count) lamps.append(document.createElement("i"))
  Array.from(lamps.children).forEach((lamp, nth) => {
    const seat = nth * seatsEach
    lamp.dataset.kind = seat < taken ? "taken" : seat < taken + others ? "others" : "free"
  })
}

/** Show a button or its counterpart; whoever pressed the one is then on the other. */
function offer(row, action, isOffered) {
  for (const button of controlsFor(action, row)) {
    const hadFocus = button === document.activeElement
    button.hidden = !isOffered
    if (hadFocus && button.hidden) queueMicrotask(() => row.querySelector("button:not([hidden])")?.focus())
  }
}
