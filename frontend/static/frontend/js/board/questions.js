/** What staff can do from the board: the request behind each button, and what is asked first. */
import { idleCount, nameOf } from "frontend/board/rows"
import { fill, gettext, ngettext } from "frontend/i18n"

/** @typedef {{title: string, words: string, verb: string, option?: string}} Question */

const REQUESTS = {
  stop: ({ id }) => [`/operate/sessions/${id}/stop`],
  up: ({ id, position }) => [`/operate/sessions/${id}/move`, { position: position - 1 }],
  "to-front": ({ id }) => [`/operate/sessions/${id}/move`, { position: 1 }],
  drain: ({ id }) => [`/operate/accounts/${id}/drain`],
  undrain: ({ id }) => [`/operate/accounts/${id}/undrain`],
  "wake-up": ({ id }) => [`/operate/accounts/${id}/wake-up`],
  "stop-idle": () => ["/operate/stop-idle"],
  "stop-all": (_, withLine) => ["/operate/stop-all", withLine ? { line: "yes" } : {}],
}

/**
 * The address and the form of an action, or null for what is none.
 *
 * @param {string} action
 * @param {Record<string, any>} subject  the session, ticket or account it is about
 * @param {boolean} chosen  whether the question's option was ticked
 * @returns {[path: string, form?: Record<string, string|number>]|null}
 */
export function requestFor(action, subject, chosen) {
  return Object.hasOwn(REQUESTS, action) ? REQUESTS[action](subject, chosen) : null
}

/**
 * What to ask before an action that ends something for somebody, or null.
 *
 * @param {string} action
 * @param {Record<string, any>} subject
 * @param {{board: any, idleS: number, nowMs: number}} facts
 * @returns {Question|null}
 */
export function questionFor(action, subject, { board, idleS, nowMs }) {
  switch (action) {
    case "stop":
      return subject.state === "waiting" ? takeOut(subject) : stopOne(subject)
    case "stop-idle":
      return stopIdle(idleCount(board.sessions, idleS, nowMs), idleS)
    case "stop-all":
      return stopAll(board.sessions.length, board.line.length)
    default:
      return null
  }
}

function takeOut(ticket) {
  return {
    title: fill(gettext("Take {name} out of the line?"), { name: nameOf(ticket) }),
    words: gettext("The place is lost; whoever stands behind moves up."),
    verb: gettext("Take out"),
  }
}

function stopOne(session) {
  const persona = session.persona ?? gettext("a deleted persona")
  return {
    title: fill(gettext("Stop the session of {name}?"), { name: nameOf(session) }),
    words: fill(gettext("The conversation with {persona} ends at once."), { persona }),
    verb: gettext("Stop it"),
  }
}

function stopIdle(count, idleS) {
  return {
    title: fill(ngettext("Stop {count} idle session?", "Stop {count} idle sessions?", count), { count }),
    words: fill(gettext("Nothing was said there for {seconds} seconds."), { seconds: idleS }),
    verb: fill(ngettext("Stop {count} idle session", "Stop {count} idle sessions", count), { count }),
  }
}

function stopAll(count, waiting) {
  const question = {
    title:
      count === 1
        ? gettext("Stop the only session?")
        : fill(ngettext("Stop all {count} session?", "Stop all {count} sessions?", count), { count }),
    words: waiting
      ? gettext("Every conversation ends at once. Whoever waits moves up.")
      : gettext("Every conversation ends at once."),
    verb: fill(ngettext("Stop {count} session", "Stop {count} sessions", count), { count }),
  }
  if (!waiting) return question
  const option = ngettext(
    "Also send away the {count} visitor who waits",
    "Also send away the {count} visitors who wait",
    waiting,
  )
  return { ...question, option: fill(option, { count: waiting }) }
}
