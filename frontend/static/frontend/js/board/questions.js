/** What staff can do from the board: the request behind each button, and what is asked first. */
import { counted, idleCount, nameOf } from "frontend/board/rows"

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
    title: `Take ${nameOf(ticket)} out of the line?`,
    words: `The place is lost; whoever stands behind moves up.`,
    verb: "Take out",
  }
}

function stopOne(session) {
  return {
    title: `Stop the session of ${nameOf(session)}?`,
    words: `The conversation with ${session.persona ?? "a deleted persona"} ends at once.`,
    verb: "Stop it",
  }
}

function stopIdle(count, idleS) {
  const sessions = counted(count, "idle session")
  return {
    title: `Stop ${sessions}?`,
    words: `Nothing was said there for ${idleS} seconds.`,
    verb: `Stop ${sessions}`,
  }
}

function stopAll(seated, waiting) {
  const sessions = counted(seated, "session")
  const question = {
    title: seated === 1 ? "Stop the only session?" : `Stop all ${sessions}?`,
    words: `Every conversation ends at once.${waiting ? " Whoever waits moves up." : ""}`,
    verb: `Stop ${sessions}`,
  }
  if (!waiting) return question
  const who = `${counted(waiting, "visitor")} who ${waiting === 1 ? "waits" : "wait"}`
  return { ...question, option: `Also send away the ${who}` }
}
