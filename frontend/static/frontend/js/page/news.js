import { part } from "frontend/page/parts"

/**
 * Say something to people who listen to the page instead of looking at it.
 *
 * @param {string} text
 * @param {{urgent?: boolean}} [how]  urgent news interrupt what is being read
 */
export function tellListeners(text, { urgent = false } = {}) {
  part(urgent ? "alarm" : "news").textContent = text
}
