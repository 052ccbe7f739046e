/** Which word of a text is being said, by the clock. */

export class WordClock {
  /** In order of time. @type {import("frontend/session/frames").WordTime[]} */
  #words = []

  /** More words of the same utterance; they come in order, and no word twice. */
  add(words) {
    this.#words.push(...words)
    this.#words.sort((one, other) => one[0] - other[0])
  }

  /** The word that began last, as places in `text`; null before the first, or off the text. */
  wordAt(atMs, text) {
    const index = this.#behind(atMs) - 1
    return index < 0 ? null : placesOf(this.#words[index], text)
  }

  /** When the next word begins; Infinity after the last. */
  nextMs(atMs) {
    return this.#words[this.#behind(atMs)]?.[0] ?? Infinity
  }

  /** The index of the first word that has not begun. */
  #behind(atMs) {
    const index = this.#words.findIndex(([beginsMs]) => beginsMs > atMs)
    return index < 0 ? this.#words.length : index
  }
}

/** From characters as people count them to places in a string, where some take two. */
function placesOf([, first, length], text) {
  const characters = [...text]
  if (first + length > characters.length) return null
  const from = characters.slice(0, first).join("").length
  return { from, to: from + characters.slice(first, first + length).join("").length }
}
