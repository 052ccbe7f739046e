import { hintFor } from "frontend/session/wording"

/**
 * Show a problem: what happened, its code, what can be done. The newest stands alone, since
 * an older one is mostly its cause or its echo.
 *
 * @param {HTMLElement} place
 * @param {import("frontend/session/api").Problem} problem
 * @param {{text: string, href: string}|null} [link]
 */
export function showProblem(place, problem, link = null) {
  const words = document.createElement("div")
  words.className = "notice-words"
  words.append(sentence(problem.message, problem.code))
  const advice = [problem.detail, hintFor(problem.code)].filter(Boolean).join(" ")
  if (advice) words.append(paragraph(advice))
  if (problem.retryAfterS) words.append(retryIn(problem.retryAfterS))
  if (link) words.append(linked(link))
  const notice = document.createElement("div")
  notice.className = "notice"
  notice.dataset.kind = "error"
  notice.append(words)
  place.replaceChildren(notice)
  place.hidden = false
}

/** Take every problem away. @param {HTMLElement} place */
export function clearProblems(place) {
  place.replaceChildren()
  place.hidden = true
}

function sentence(message, code) {
  const line = paragraph("")
  const strong = document.createElement("strong")
  strong.textContent = message
  const tag = document.createElement("span")
  tag.className = "notice-code"
  tag.textContent = code
  line.append(strong, " ", tag)
  return line
}

function retryIn(seconds) {
  const line = paragraph("")
  const wait = document.createElement("retry-in")
  wait.setAttribute("seconds", seconds)
  line.append(wait)
  return line
}

function paragraph(text) {
  const line = document.createElement("p")
  line.textContent = text
  return line
}

function linked({ text, href }) {
  const line = paragraph("")
  const anchor = document.createElement("a")
  anchor.href = href
  anchor.textContent = text
  line.append(anchor)
  return line
}
