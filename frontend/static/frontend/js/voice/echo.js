/**
 * Whether what the microphone heard was the avatar itself: a device whose echo cancellation
 * fails would have the avatar talk with itself for ever.
 */

const FEWEST_WORDS = 4
/** Transcription mishears a word now and then; a visitor who quotes says more than that. */
const ENOUGH = 0.8

/**
 * Whether `text` is, but for slips, a run of the words of `said`.
 *
 * @param {string} text  what was understood
 * @param {string} said  what the avatar said lately
 */
export function isEcho(text, said) {
  const words = wordsOf(text)
  if (words.length < FEWEST_WORDS) return false
  return longestCommonRun(words, wordsOf(said)) >= ENOUGH * words.length
}

/** How many words both have in the same order, whatever stands between. */
function longestCommonRun(words, others) {
  let row = new Array(others.length + 1).fill(0)
  for (const word of words) {
    const next = [0]
    others.forEach((other, nth) => {
      next.push(word === other ? row[nth] + 1 : Math.max(row[nth + 1], next[nth]))
    })
    row = next
  }
  return row.at(-1)
}

function wordsOf(text) {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
}
