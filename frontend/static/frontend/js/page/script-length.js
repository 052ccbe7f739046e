/** How long texts take to say, in words. */

/** Of one part. @param {number} chars @param {number} charsPerS */
export function lengthText(chars, charsPerS) {
  if (!chars) return ""
  const seconds = Math.max(1, Math.round(chars / charsPerS))
  const count = `${chars} character${chars === 1 ? "" : "s"}`
  return `${count}, about ${seconds} second${seconds === 1 ? "" : "s"}`
}

/** Of all, with its pauses; as the server says it. @param {number} seconds */
export function totalText(seconds) {
  if (seconds < 60) return `about ${Math.max(5, Math.ceil(seconds / 5) * 5)} seconds`
  const minutes = Math.round(seconds / 60)
  return minutes === 1 ? "about a minute" : `about ${minutes} minutes`
}
