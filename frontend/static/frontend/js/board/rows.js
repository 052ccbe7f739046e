/**
 * The words and numbers of the operators' board, from one frame of its websocket. Instants
 * are the server's; `nowMs` is its clock too.
 */
import { fill, gettext, ngettext, pgettext } from "frontend/i18n"
import { clockText, spokenTime } from "frontend/session/time"
import { stateText } from "frontend/session/wording"

/** @typedef {{text: string, level?: "warning"|"error"|""}} Cell */

const NOTHING = "–"
const USABLE = new Set(["ready", "connecting", "live"])

/** What is shown of the media, and what is worth a second look. */
const UNUSUAL = {
  fps: ({ fps }) => fps < 15,
  kbit_s: () => false,
  rtt_ms: ({ rtt_ms }) => rtt_ms > 300,
  freezes_total: ({ freezes }) => freezes > 0, // since the report before
  av_offset_ms: ({ av_offset_ms }) => Math.abs(av_offset_ms) > 100,
}

/**
 * The cells of a session that holds a seat.
 *
 * @param {Record<string, any>} row
 * @param {Record<string, number>} media  what its viewer's browser last reported
 * @param {number} nowMs
 * @returns {Record<string, Cell>}
 */
export function sessionCells(row, media, nowMs) {
  return {
    ...whoCells(row),
    seat: { text: `${row.account}, ${row.seat}` },
    ice: { text: row.ice_state || NOTHING, level: row.ice_state === "failed" ? "error" : "" },
    age: { text: clockText(nowMs - Date.parse(row.seated_at)) },
    left: leftCell(row, nowMs),
    quiet: { text: USABLE.has(row.state) ? clockText(quietMs(row, nowMs)) : NOTHING },
    ...mediaCells(row.state === "live" ? media : {}),
  }
}

/** @returns {Record<string, Cell>} */
export function ticketCells(row, nowMs) {
  return {
    ...whoCells(row),
    state: { text: row.offered_until ? gettext("Seat offered") : gettext("Waiting") },
    position: { text: String(row.position) },
    waited: { text: clockText(nowMs - Date.parse(row.created_at)) },
    expected: { text: expected(row, nowMs) },
  }
}

function whoCells({ persona, user, state }) {
  return {
    persona: { text: persona ?? gettext("(deleted)") },
    user: { text: user ?? gettext("(deleted)") },
    state: { text: capitalised(stateText(state)) },
  }
}

/** Whose session or ticket it is, in a sentence. */
export function nameOf({ user }) {
  return user ?? gettext("a deleted user")
}

function leftCell({ state, ends_at }, nowMs) {
  if (!USABLE.has(state)) return { text: NOTHING }
  const leftMs = Date.parse(ends_at) - nowMs
  return { text: clockText(leftMs), level: leftMs < 60_000 ? "warning" : "" }
}

function mediaCells(media) {
  const cells = Object.entries(UNUSUAL).map(([name, isUnusual]) => {
    const value = media[name]
    if (!Number.isFinite(value)) return [name, { text: NOTHING }]
    return [name, { text: numberText(name, value), level: isUnusual(media) ? "warning" : "" }]
  })
  return Object.fromEntries(cells)
}

function numberText(name, value) {
  const whole = Math.round(value)
  const sign = whole < 0 ? "−" : name === "av_offset_ms" && whole > 0 ? "+" : ""
  return sign + Math.abs(whole)
}

function expected({ offered_until, estimated_wait_s }, nowMs) {
  if (offered_until) {
    const time = clockText(Date.parse(offered_until) - nowMs)
    return fill(gettext("{time} to take it"), { time })
  }
  if (!Number.isFinite(estimated_wait_s)) return NOTHING
  return fill(gettext("about {time}"), { time: clockText(estimated_wait_s * 1000) })
}

/** For how long nothing was said; the time may lie ahead while the avatar speaks. */
function quietMs({ last_activity_at }, nowMs) {
  return Math.max(0, nowMs - Date.parse(last_activity_at))
}

/** How many sessions “stop idle” would stop. */
export function idleCount(sessions, idleS, nowMs) {
  return sessions.filter(
    (row) => USABLE.has(row.state) && quietMs(row, nowMs) > idleS * 1000,
  ).length
}

/**
 * How an account is, most important first.
 *
 * @returns {{seats: string, health: Cell, problem: string}}
 */
export function accountFacts(account, nowMs) {
  const { seat_limit, taken, others, failures, last_problem } = account
  return {
    seats: others
      ? fill(gettext("{taken} of {all}, {others} taken by others"), { taken, all: seat_limit, others })
      : fill(gettext("{taken} of {all}"), { taken, all: seat_limit }),
    health: healthCell(account, nowMs),
    problem: failures ? last_problem : "",
  }
}

function healthCell({ is_enabled, is_draining, resting_until, failures, taken }, nowMs) {
  if (!is_enabled) return { text: pgettext("an account", "Off"), level: "" }
  if (resting_until) {
    const leftMs = Date.parse(resting_until) - nowMs
    const text =
      leftMs > 0
        ? fill(gettext("Resting, {time}"), { time: clockText(leftMs) })
        : gettext("To be tried again")
    return { text, level: "error" }
  }
  if (is_draining) {
    const text = taken
      ? fill(ngettext("Draining, {count} left", "Draining, {count} left", taken), { count: taken })
      : gettext("Drained")
    return { text, level: "warning" }
  }
  if (failures) {
    const text = ngettext("Failed once", "Failed {count} times", failures)
    return { text: fill(text, { count: failures }), level: "warning" }
  }
  return { text: pgettext("an account", "Well"), level: "good" }
}

/** The line's longest wait so far, in words for the head of the board, or "". */
export function longestWait(line, nowMs) {
  const begins = line.map(({ created_at }) => Date.parse(created_at))
  return begins.length ? spokenTime(nowMs - Math.min(...begins)) : ""
}

function capitalised(text) {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
