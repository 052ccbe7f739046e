/**
 * What this tab keeps of its session over a reload, and that no other tab shows it too.
 *
 * A duplicated tab begins with a copy of the storage, so knowing a session's id does not
 * make it ours: whoever shows it holds a lock of its name, which goes with the page.
 */

const KEY = "greenroom.session"

/** A page that is loaded anew asks so often, since its former self may yet have to let go. */
const TRIES = 6
const PAUSE_MS = 150

/**
 * @typedef {object} Kept
 * @property {string} id
 * @property {boolean} starts      whether the stream begins as soon as there is a seat
 * @property {string} before      the session whose conversation it goes on with, or ""
 * @property {object} choice       persona, avatar, voice, quality, background
 */

export class Tab {
  #storage
  #locks
  #id = ""
  #held = new AbortController()

  /**
   * Without a lock manager, as on a page without HTTPS, every tab counts as the only one.
   *
   * @param {{storage?: Storage|null, locks?: LockManager|null}} [means]
   */
  constructor({ storage = sessionStorageOrNull(), locks = navigator.locks ?? null } = {}) {
    this.#storage = storage
    this.#locks = locks
  }

  /** @returns {Kept|null} */
  recall() {
    try {
      const kept = JSON.parse(this.#storage?.getItem(KEY) ?? "null")
      return kept?.id ? kept : null
    } catch {
      return null
    }
  }

  /** @param {Kept} kept */
  remember(kept) {
    try {
      this.#storage?.setItem(KEY, JSON.stringify(kept))
    } catch {
      // A full storage: then a reload begins anew.
    }
  }

  forget() {
    this.#storage?.removeItem(KEY)
  }

  /**
   * Be the tab that shows this session; whether that succeeded. With `steal`, whoever is it
   * now is no longer. `onTaken` is called if another tab does that to us.
   *
   * @param {string} id
   * @param {{steal?: boolean, onTaken?: () => void}} [how]
   * @returns {Promise<boolean>}
   */
  hold(id, { steal = false, onTaken = () => {} } = {}) {
    if (!this.#locks || this.#id === id) return Promise.resolve(true)
    this.release()
    this.#id = id
    this.#held = new AbortController()
    const { signal } = this.#held
    return this.#ask(id, steal ? { steal } : { ifAvailable: true }, { signal, onTaken })
  }

  async #ask(id, how, { signal, onTaken }) {
    for (let nth = 0; nth < TRIES && !signal.aborted; nth++) {
      if (nth) await new Promise((done) => setTimeout(done, PAUSE_MS))
      if (await this.#asked(id, how, { signal, onTaken })) return true
    }
    if (!signal.aborted) this.release()
    return false
  }

  /** One try; the lock stays ours until `signal`, or until somebody steals it. */
  #asked(id, how, { signal, onTaken }) {
    return new Promise((answer) => {
      const keep = (lock) => {
        answer(lock !== null)
        return lock && aborted(signal)
      }
      this.#locks.request(`${KEY}.${id}`, how, keep).catch(() => {
        answer(false)
        if (signal.aborted) return
        this.release()
        onTaken()
      })
    })
  }

  release() {
    this.#id = ""
    this.#held.abort()
  }
}

function aborted(signal) {
  return new Promise((done) => {
    if (signal.aborted) done()
    signal.addEventListener("abort", () => done(), { once: true })
  })
}

function sessionStorageOrNull() {
  try {
    return globalThis.sessionStorage
  } catch {
    return null // the browser refuses storage to this site
  }
}
