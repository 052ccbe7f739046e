/**
 * Whether sound and picture come through, judged second by second.
 *
 * A picture that never comes, or stops for some seconds while the sound goes on, is given
 * up until it is back; a stream without either stays what it was, since then the connection
 * itself is in trouble, which others look after.
 */

/** Without a picture for so long, the voice goes on alone. */
export const PATIENCE_S = 6

export class Presence {
  /** Whether there is a picture to show, or one is still hoped for. */
  picture = true
  #without = 0

  /**
   * One second. Whether `picture` has changed.
   *
   * @param {{fps: number, heard_bytes: number}} stats
   */
  note({ fps, heard_bytes }) {
    if (fps > 0) this.#without = 0
    else if (heard_bytes > 0) this.#without += 1
    const picture = fps > 0 || this.#without < PATIENCE_S
    // Once it was given up, only a picture brings it back.
    const next = this.picture ? picture : fps > 0
    const isNews = next !== this.picture
    this.picture = next
    return isNews
  }

  reset() {
    this.picture = true
    this.#without = 0
  }
}
