/** The stages of a turn, from the prompt until its first words are heard. */

import { fill, gettext } from "frontend/i18n"

/** What ends each stage, and what people call it. */
const STAGES = [
  ["first_delta_ms", "mind", gettext("the mind thought in {ms} ms"), gettext("mind {ms} ms")],
  ["first_piece_ms", "sentence", gettext("it wrote the first sentence in {ms} ms"), gettext("sentence {ms} ms")],
  ["accepted_ms", "avatar", gettext("the avatar took it in {ms} ms"), gettext("avatar {ms} ms")],
  ["talk_ms", "voice", gettext("its voice came here in {ms} ms"), gettext("voice {ms} ms")],
]

/**
 * The stages that are known, each from the end of the one before. What is not known, or
 * came before the stage ahead of it, is left out.
 *
 * @param {Record<string, number|null>} timings  milliseconds since the prompt
 * @returns {{name: string, words: string, label: string, ms: number}[]}
 */
export function stagesOf(timings) {
  const stages = []
  let from = 0
  for (const [key, name, words, label] of STAGES) {
    const until = timings[key]
    if (!Number.isFinite(until) || until < from) continue
    const ms = until - from
    const rounded = { ms: Math.round(ms) }
    stages.push({ name, words: fill(words, rounded), label: fill(label, rounded), ms })
    from = until
  }
  return stages
}

/** The same in words, or "". @param {Record<string, number|null>} timings */
export function stagesText(timings) {
  const stages = stagesOf(timings)
  if (!stages.length) return ""
  const total = stages.reduce((sum, { ms }) => sum + ms, 0)
  const isHeard = stages.at(-1).name === "voice"
  const text = isHeard ? gettext("Heard after {ms} ms: {stages}.") : gettext("Handed over after {ms} ms: {stages}.")
  return fill(text, { ms: Math.round(total), stages: stages.map(({ words }) => words).join(", ") })
}
