/** The stages of a turn, from the prompt until its first words are heard. */

/** What ends each stage, and what people call it. */
const STAGES = [
  ["first_delta_ms", "mind", "the mind thought"],
  ["first_piece_ms", "sentence", "it wrote the first sentence"],
  ["accepted_ms", "avatar", "the avatar took it"],
  ["talk_ms", "voice", "its voice came here"],
]

/**
 * The stages that are known, each from the end of the one before. What is not known, or
 * came before the stage ahead of it, is left out.
 *
 * @param {Record<string, number|null>} timings  milliseconds since the prompt
 * @returns {{name: string, words: string, ms: number}[]}
 */
export function stagesOf(timings) {
  const stages = []
  let from = 0
  for (const [key, name, words] of STAGES) {
    const until = timings[key]
    if (!Number.isFinite(until) || until < from) continue
    stages.push({ name, words, ms: until - from })
    from = until
  }
  return stages
}

/** The same in words, or "". @param {Record<string, number|null>} timings */
export function stagesText(timings) {
  const stages = stagesOf(timings)
  if (!stages.length) return ""
  const total = stages.reduce((sum, { ms }) => sum + ms, 0)
  const heard = stages.at(-1).name === "voice" ? "Heard" : "Handed over"
  const parts = stages.map(({ words, ms }) => `${words} in ${Math.round(ms)} ms`)
  return `${heard} after ${Math.round(total)} ms: ${parts.join(", ")}.`
}
