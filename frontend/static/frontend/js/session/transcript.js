/**
 * The words of this conversation, folded from frames: who said what, what is being said,
 * and where it was broken off.
 */

/** @typedef {"waiting"|"saying"|"said"|"unsaid"} Saying */

/**
 * @typedef {object} Entry
 * @property {"you"|"persona"|"note"} who
 * @property {string} name        of the persona
 * @property {string} turn        id of the turn, "" for what is none
 * @property {string} at          ISO 8601
 * @property {{text: string, task: string, state: Saying}[]} pieces
 * @property {boolean} interrupted
 */

const MOST_ENTRIES = 300

export class Transcript {
  /** @type {Entry[]} Each is replaced when it changes, so that views can compare. */
  entries = []
  #name = ""
  #session = ""
  #nextNote = 0

  /** Another conversation begins. */
  clear() {
    this.entries = []
  }

  /** A session is told from its beginning: what was known of it comes again. */
  retell(session) {
    this.#session = session
    this.entries = this.entries.filter(({ turn }) => !turn.startsWith(`${session}/`))
  }

  /**
   * One frame more.
   *
   * @param {import("frontend/session/frames").Frame} frame
   * @param {{isPast?: boolean}} [how]  whether it happened before this page was there
   */
  follow({ type, at, data }, { isPast = false } = {}) {
    const state = isPast ? "said" : "waiting"
    switch (type) {
      case "snapshot":
        this.#name = data.session?.persona?.name ?? this.#name
        break
      case "turn.started":
        if (data.kind !== "say" && data.prompt) this.#add(youSay(this.#turn(data.turn), data, at))
        break
      case "chat.sentence":
        this.#say(data, at, state)
        break
      case "avatar.farewell":
        this.#say({ ...data, turn: "farewell" }, at, state)
        break
      case "avatar.start_talking":
        this.talked("start", String(data.task_id))
        break
      case "avatar.stop_talking":
        this.talked("stop", String(data.task_id))
        break
      case "turn.interrupted":
        this.#cut(this.#turn(data.turn), data.reply ?? "")
        break
      case "turn.finished":
        if (data.interrupted) this.#break(this.#turn(data.turn))
        break
      case "persona.swapped":
        this.#name = data.to?.name ?? this.#name
        this.note(this.#name, at)
    }
  }

  /** It began or stopped saying a piece. @param {"start"|"stop"} state @param {string} task */
  talked(state, task) {
    const goesTo = state === "start" ? "saying" : "said"
    this.#change(
      (entry) => entry.pieces.some((piece) => piece.task === task && piece.state !== "unsaid"),
      (entry) => ({
        ...entry,
        pieces: entry.pieces.map((piece) =>
          piece.task === task && piece.state !== "said" ? { ...piece, state: goesTo } : piece,
        ),
      }),
    )
  }

  /** The session is over: what was not begun will not be said. */
  stop() {
    this.#change(
      ({ pieces }) => pieces.some(({ state }) => state === "waiting"),
      (entry) => ({
        ...entry,
        interrupted: true,
        pieces: entry.pieces.map((piece) => (piece.state === "waiting" ? { ...piece, state: "unsaid" } : piece)),
      }),
    )
  }

  /** A line between the lines: who takes the stage. */
  note(name, at = "") {
    const piece = { text: "", task: "", state: "said" }
    this.#add({ who: "note", name, turn: this.#turn(`note${this.#nextNote++}`), at, pieces: [piece], interrupted: false })
  }

  /** As text to copy, a paragraph for each. @param {(entry: Entry) => string} nameOf */
  text(nameOf) {
    return this.entries
      .map((entry) => [nameOf(entry), words(entry)].filter(Boolean).join(": "))
      .join("\n\n")
  }

  /** Turns are numbered in each session anew. */
  #turn(number) {
    return `${this.#session}/${number ?? ""}`
  }

  #say({ turn, text, task_id }, at, state) {
    const id = this.#turn(turn)
    const piece = { text, task: String(task_id ?? ""), state }
    const last = this.entries.at(-1)
    if (last?.who === "persona" && last.turn === id) {
      if (last.pieces.some(({ task }) => task && task === piece.task)) return
      this.#replace(this.entries.length - 1, { ...last, pieces: [...last.pieces, piece] })
      return
    }
    this.#add({ who: "persona", name: this.#name, turn: id, at, pieces: [piece], interrupted: false })
  }

  /** Keep of a reply what was heard of it. */
  #cut(turn, reply) {
    const heard = { text: reply, task: "", state: "said" }
    this.#change(
      (entry) => entry.who === "persona" && entry.turn === turn,
      (entry) => ({ ...entry, interrupted: true, pieces: reply ? [heard] : [] }),
    )
  }

  #break(turn) {
    this.#change(
      (entry) => entry.who === "persona" && entry.turn === turn,
      (entry) => ({
        ...entry,
        interrupted: true,
        pieces: entry.pieces.map((piece) => (piece.state === "waiting" ? { ...piece, state: "unsaid" } : piece)),
      }),
    )
  }

  #add(entry) {
    this.entries = [...this.entries, entry].slice(-MOST_ENTRIES)
  }

  #change(matches, change) {
    this.entries.forEach((entry, nth) => {
      if (matches(entry)) this.#replace(nth, change(entry))
    })
  }

  #replace(nth, entry) {
    this.entries = this.entries.with(nth, entry)
  }
}

function youSay(turn, { prompt }, at) {
  const piece = { text: prompt, task: "", state: "said" }
  return { who: "you", name: "", turn, at, pieces: [piece], interrupted: false }
}

/** What was said, or is to be, as one text. @param {Entry} entry */
export function words({ pieces }) {
  return pieces
    .filter(({ state }) => state !== "unsaid")
    .map(({ text }) => text)
    .join(" ")
}
