import { Problem } from "frontend/session/api"
import { ViewerSession } from "frontend/session/viewer"
import { equal, ok, test } from "tests/runner"

const OFFER = { session_id: "s1", status: "ready", sdp: { type: "offer", sdp: "v=0" }, ends_at: "2026-01-01T00:10:00Z" }
const PLACE = { position: 2, waiting: 2, estimated_wait_s: 60, offered_until: null }
const TICKET = { session_id: "s1", status: "waiting", ...PLACE }
const OFFERED = { ...PLACE, position: 1, offered_until: "2026-01-01T00:00:20Z" }

/** What is outside of a session: a server that answers as told, a wire, a stream, a tab. */
class Outside {
  calls = []
  sockets = []
  peers = []
  lines = []
  problems = []
  answers = {}
  kept = null
  isTaken = false
  /** How long a browser takes to read an offer. */
  reads = Promise.resolve()

  constructor() {
    this.session = new ViewerSession({
      api: this.#api(),
      connect: (id, handlers) => this.#connect(id, handlers),
      createPeer: (means) => this.#peer(means),
      tab: this.#tab(),
    })
    this.session.addEventListener("line", ({ detail }) => this.lines.push(detail.text))
    this.session.addEventListener("problem", ({ detail }) => this.problems.push(detail.code))
  }

  get socket() {
    return this.sockets.at(-1)
  }

  #api() {
    const verbs = ["createSession", "claimSession", "resumeSession", "swapPersona", "startSession", "stopSession"]
    const answered = (verb) => async (...given) => {
      this.calls.push([verb, ...given])
      const answer = this.answers[verb]
      if (answer instanceof Error) throw answer
      return answer ?? {}
    }
    return Object.fromEntries(verbs.map((verb) => [verb, answered(verb)]))
  }

  #connect(id, { after, onFrame, onLink }) {
    const socket = { id, after, lastSeq: after, sent: [], isClosed: false }
    socket.send = (message) => socket.sent.push(message)
    socket.close = () => (socket.isClosed = true)
    socket.link = onLink
    socket.say = (type, data, seq = null) => {
      if (type !== "snapshot" && seq !== null) socket.lastSeq = seq
      if (!socket.isClosed) onFrame({ type, seq, at: new Date().toISOString(), data })
    }
    this.sockets.push(socket)
    return socket
  }

  #peer({ onIce }) {
    const peer = { iceState: "new", isClosed: false, onIce }
    peer.accept = async () => this.reads
    peer.answer = async () => ({ type: "answer", sdp: "v=0" })
    peer.sendCandidates = () => {}
    peer.stats = async () => null
    peer.close = () => (peer.isClosed = true)
    this.peers.push(peer)
    return peer
  }

  #tab() {
    return {
      remember: (kept) => (this.kept = kept),
      forget: () => (this.kept = null),
      release: () => {},
      hold: async (id, { steal, onTaken }) => {
        this.takeAway = onTaken
        return steal || !this.isTaken
      },
    }
  }

  /** The first frame of a socket, and what was missed before it. */
  snapshot(state, { reason = "", queue, role = "viewer", past = [] } = {}) {
    const persona = { slug: "anna", name: "Anna" }
    const session = { state, end_reason: reason, persona, ends_at: "2026-01-01T00:10:00Z" }
    this.socket.say("snapshot", { session, queue, role }, past.length)
    past.forEach(([type, data], nth) => this.socket.say(type, data, nth + 1))
  }

  status(from, to, reason = "") {
    this.socket.say("session.status", { from, to, reason }, this.socket.lastSeq + 1)
  }

  async live() {
    this.answers.createSession = OFFER
    await this.session.open({ persona: "anna" }, { starts: true })
    this.snapshot("connecting")
    this.session.playing()
  }

  called(verb) {
    return this.calls.filter(([name]) => name === verb).map(([, ...given]) => given)
  }
}

const settled = () => new Promise((done) => setTimeout(done, 0))

const CONVERSATION = [
  ["session.status", { from: "connecting", to: "live", reason: "" }],
  ["turn.started", { turn: 1, kind: "ask", prompt: "Who are you?" }],
  ["chat.sentence", { turn: 1, text: "I am Anna.", task_id: "t1" }],
  ["avatar.start_talking", { task_id: "t1" }],
]

test("without a free seat one waits, is offered one, takes it, and the stream begins", async () => {
  const it = new Outside()
  it.answers = { createSession: TICKET, claimSession: OFFER }
  await it.session.open({ persona: "anna" }, { starts: true })
  equal([it.session.phase, it.session.story.place.position], ["waiting", 2])

  it.snapshot("waiting", { queue: PLACE })
  it.socket.say("queue.position", OFFERED)
  equal(it.session.phase, "offered")
  await it.session.take()

  equal(it.session.phase, "connecting")
  equal(it.sockets.length, 1)
  equal(it.called("startSession").length, 1)
})

test("step by step, a taken seat waits for Start", async () => {
  const it = new Outside()
  it.answers = { createSession: { ...TICKET, ...OFFERED }, claimSession: OFFER }
  await it.session.open({})
  await it.session.take()

  equal(it.session.phase, "ready")
})

test("a claim that comes too late keeps the place, and says so", async () => {
  const it = new Outside()
  it.answers = { createSession: { ...TICKET, ...OFFERED }, claimSession: TICKET }
  await it.session.open({})
  await it.session.take()

  equal(it.session.phase, "waiting")
  ok(it.lines.some((text) => text.includes("you keep your place")), "a word why")
})

test("a claim may be answered with another session, which is then listened to", async () => {
  const it = new Outside()
  it.answers = { createSession: { ...TICKET, ...OFFERED }, claimSession: { ...OFFER, session_id: "s2" } }
  await it.session.open({})
  await it.session.take()

  equal([it.sockets[0].isClosed, it.socket.id, it.kept.id], [true, "s2", "s2"])
})

test("an offer that was taken back leaves one waiting", async () => {
  const it = new Outside()
  it.answers = { createSession: { ...TICKET, ...OFFERED } }
  await it.session.open({})
  it.snapshot("waiting", { queue: OFFERED })
  it.socket.say("queue.position", PLACE)

  equal(it.session.phase, "waiting")
})

test("a missed offer is told as such, and is not remembered", async () => {
  const it = new Outside()
  it.answers = { createSession: { ...TICKET, ...OFFERED } }
  await it.session.open({})
  it.snapshot("waiting", { queue: OFFERED })
  it.status("waiting", "closed", "offer_missed")

  equal([it.session.phase, it.session.end.reason, it.kept], ["ended", "offer_missed", null])
})

test("a seat that another window took is found there", async () => {
  const it = new Outside()
  it.answers = { createSession: TICKET }
  await it.session.open({})
  it.snapshot("waiting", { queue: PLACE })
  it.status("waiting", "opening")

  equal([it.session.phase, it.called("stopSession")], ["elsewhere", []])
})

test("leaving the line stops the ticket", async () => {
  const it = new Outside()
  it.answers = { createSession: TICKET }
  await it.session.open({})
  await it.session.close()

  equal([it.session.end.reason, it.called("stopSession")], ["you_left_line", [["s1"]]])
})

test("who leaves the line while the answer is on its way gives the place back", async () => {
  const it = new Outside()
  it.answers = { createSession: TICKET }
  const opening = it.session.open({})
  await it.session.close()
  await opening

  equal([it.session.phase, it.called("stopSession")], ["ended", [["s1"]]])
})

test("a reloaded page resumes its live session, and reads again what was said", async () => {
  const it = new Outside()
  it.answers = { resumeSession: OFFER }
  await it.session.comeBack({ id: "s1", starts: true })
  it.snapshot("live", { past: CONVERSATION })
  await settled()

  equal([it.session.phase, it.session.goesOn], ["connecting", true])
  ok(it.lines.includes("You: Who are you?") && it.lines.includes("Anna: I am Anna."), "both lines")
  ok(!it.session.busy, "nothing that was begun before the reload still being said")
})

test("a reloaded page finds its place in line again", async () => {
  const it = new Outside()
  await it.session.comeBack({ id: "s1", starts: true })
  it.snapshot("waiting", { queue: PLACE })

  equal([it.session.phase, it.calls], ["waiting", []])
})

test("a session that ended meanwhile can be continued after a reload", async () => {
  const it = new Outside()
  await it.session.comeBack({ id: "s1", starts: true })
  it.snapshot("closed", { reason: "max_age", past: CONVERSATION })
  equal([it.session.phase, it.session.end.reason], ["ended", "max_age"])

  await it.session.open({ persona: "anna" }, { starts: true, goesOn: true })

  equal(it.called("createSession"), [[{ persona: "anna", continues: "s1" }]])
})

test("a stream that its service dropped during a reload goes on by itself", async () => {
  const it = new Outside()
  it.answers.createSession = { ...OFFER, session_id: "s2" }
  const kept = { id: "s1", starts: true, choice: { persona: "anna" } }
  await it.session.comeBack(kept, { isReload: true })
  const failed = ["session.status", { from: "closing", to: "failed", reason: "upstream_ended" }]
  it.snapshot("failed", { reason: "upstream_ended", past: [...CONVERSATION, failed] })
  await settled()

  equal([it.session.phase, it.session.id], ["connecting", "s2"])
})

test("a duplicated tab does not touch what the first one shows, until it is asked to", async () => {
  const it = new Outside()
  it.isTaken = true
  it.answers = { resumeSession: OFFER }
  await it.session.comeBack({ id: "s1", starts: true })
  equal([it.session.phase, it.sockets.length, it.calls], ["elsewhere", 0, []])

  const moving = it.session.move()
  await moving
  it.snapshot("live", { past: CONVERSATION })
  await settled()

  equal(it.session.phase, "connecting")
})

test("the window that a session was moved from lets go and stops nothing", async () => {
  const it = new Outside()
  await it.live()
  it.takeAway()

  equal([it.session.phase, it.peers[0].isClosed, it.called("stopSession")], ["elsewhere", true, []])
})

test("a new stream that we did not ask for means that another window has it", async () => {
  const it = new Outside()
  await it.live()
  it.status("live", "opening")

  equal(it.session.phase, "elsewhere")
})

test("a session of somebody else, whom staff may watch, is never resumed", async () => {
  const it = new Outside()
  await it.session.comeBack({ id: "s1", starts: true })
  it.snapshot("live", { role: "operator" })
  await settled()

  equal([it.session.phase, it.calls, it.kept], ["ended", [], null])
})

test("a connection that failed is resumed once, without telling the server to end it", async () => {
  const it = new Outside()
  await it.live()
  it.answers.resumeSession = OFFER
  const [first] = it.sockets
  it.peers[0].onIce("failed")
  equal(it.session.phase, "resuming")
  it.snapshot("live")
  await settled()
  equal(it.session.phase, "connecting")
  ok(!first.sent.some(({ state }) => state === "failed"), "not told")

  it.session.playing()
  it.peers[1].onIce("failed")

  equal([it.session.phase, it.problems], ["ended", ["media_failed"]])
  ok(it.sockets[1].sent.some(({ state }) => state === "failed"), "told")
})

test("a session that its service ended goes on in a new one, in the same conversation", async () => {
  const it = new Outside()
  await it.live()
  it.answers.createSession = { ...OFFER, session_id: "s2" }
  it.status("live", "closing", "upstream_ended")
  equal(it.session.phase, "resuming")
  it.snapshot("closing", { reason: "upstream_ended" })
  it.status("closing", "failed", "upstream_ended")
  await settled()

  equal([it.session.phase, it.session.id, it.session.goesOn], ["connecting", "s2", true])
  equal(it.called("createSession")[1], [{ persona: "anna", continues: "s1" }])
})

test("what the new session tells while its offer is being read asks for nothing more", async () => {
  const it = new Outside()
  await it.live()
  it.status("live", "closed", "upstream_ended")
  it.reads = new Promise((done) => (it.hasRead = done))
  it.answers.createSession = { ...OFFER, session_id: "s2" }
  it.snapshot("closed", { reason: "upstream_ended", past: CONVERSATION })
  await settled()
  equal(it.socket.id, "s2")

  it.snapshot("ready")
  it.hasRead()
  await settled()

  equal(it.called("resumeSession"), [])
  equal([it.session.phase, it.session.id], ["connecting", "s2"])
})

test("what a resumed session tells while its offer is being read asks for nothing more", async () => {
  const it = new Outside()
  it.reads = new Promise((done) => (it.hasRead = done))
  it.answers.resumeSession = OFFER
  await it.session.comeBack({ id: "s1" })
  it.snapshot("live", { past: CONVERSATION })
  await settled()

  it.status("live", "opening")
  it.status("opening", "ready")
  it.hasRead()
  await settled()

  equal(it.called("resumeSession").length, 1)
  equal(it.session.phase, "connecting")
})

test("a network that was away for too long is no reason to end the conversation", async () => {
  const it = new Outside()
  await it.live()
  it.answers.createSession = { ...OFFER, session_id: "s2" }
  it.socket.link("lost", 1006)
  it.socket.link("open", 0)
  it.snapshot("closed", { reason: "viewer_lost" })
  it.socket.lastSeq = 0
  const ended = [["session.status", { from: "closing", to: "closed", reason: "viewer_lost" }]]
  it.snapshot("closed", { reason: "viewer_lost", past: ended })
  await settled()

  equal(it.session.id, "s2")
})

for (const reason of ["viewer_closed", "staff_stopped", "idle", "max_age", "quota"]) {
  test(`what ended because of ${reason} stays ended, until somebody asks`, async () => {
    const it = new Outside()
    await it.live()
    it.status("live", "closing", reason)

    equal([it.session.phase, it.session.end.continues], ["ended", "s1"])
    equal(it.called("createSession").length, 1)
  })
}

test("who fails to get the seat that was offered keeps the place for another try", async () => {
  const it = new Outside()
  it.answers = {
    createSession: { ...TICKET, ...OFFERED },
    claimSession: new Problem({ code: "upstream_timeout", message: "Too slow." }),
  }
  await it.session.open({})
  const claimed = it.session.take()
  it.status("opening", "failed", "upstream_refused")
  await claimed
  await it.session.open({})

  equal(it.called("createSession")[1], [{ continues: "s1" }])
})

test("closing by hand leaves nothing to come back to", async () => {
  const it = new Outside()
  await it.live()
  equal(it.kept.id, "s1")
  await it.session.close()

  equal([it.kept, it.session.end.reason], [null, "you_closed"])
})

test("a page that goes away can come back", async () => {
  const it = new Outside()
  await it.live()
  it.session.leave()

  equal(it.kept.id, "s1")
})

test("what is presented is asked for on the wire, and told from there", async () => {
  const it = new Outside()
  const told = []
  it.session.addEventListener("frame", ({ detail }) => told.push([detail.type, detail.data.state]))
  await it.live()
  it.session.present("play", { script: "tour" })
  it.socket.say("script.status", { title: "Tour", state: "playing", segment: 1, of: 2, why: "" })

  ok(it.socket.sent.some(({ type, script }) => type === "script.play" && script === "tour"))
  equal(told.at(-1), ["script.status", "playing"])
  ok(it.lines.includes("Tour: Part 1 of 2"))
})

test("another persona comes on the same seat, and the first frame of a new socket tells what is theirs", async () => {
  const it = new Outside()
  await it.live()
  it.answers.swapPersona = { ...OFFER, persona: "ben" }
  const swapping = it.session.swap({ persona: "ben" }, "Ben")
  equal([it.session.phase, it.session.hold, it.peers[0].isClosed], ["live", "persona", false])
  await swapping

  equal([it.session.phase, it.peers[0].isClosed, it.peers.length], ["connecting", true, 2])
  equal(it.called("swapPersona"), [["s1", { persona: "ben" }]])
  equal([it.sockets.length, it.socket.id], [2, "s1"])
  it.session.playing()
  equal([it.session.phase, it.session.hold, it.session.choice.persona], ["live", "", "ben"])
  equal(it.kept.choice.persona, "ben")
  it.session.close()
})

test("a refused swap leaves the one who is there on stage", async () => {
  const it = new Outside()
  await it.live()
  it.answers.swapPersona = new Problem({ code: "too_many_sessions", message: "Ben is busy." })
  await it.session.swap({ persona: "ben" }, "Ben")

  equal([it.session.phase, it.session.hold, it.peers[0].isClosed], ["live", "", false])
  equal([it.problems, it.session.choice.persona], [["too_many_sessions"], "anna"])
  it.session.close()
})

test("another picture size is a new stream, and not another window's doing", async () => {
  const it = new Outside()
  await it.live()
  it.answers.resumeSession = OFFER
  const changing = it.session.changeQuality("low")
  it.status("live", "opening")
  it.status("opening", "ready")
  await changing

  equal([it.session.phase, it.called("resumeSession")], ["connecting", [["s1", "low"]]])
  equal(it.sockets.length, 1)
  it.session.close()
})

test("an end while the new persona is asked for is an end", async () => {
  const it = new Outside()
  await it.live()
  it.answers.swapPersona = new Problem({ code: "upstream_unreachable", message: "Gone." })
  const swapping = it.session.swap({ persona: "ben" }, "Ben")
  it.status("live", "closing", "upstream_refused")
  await swapping

  equal([it.session.phase, it.session.end.reason], ["ended", "upstream_refused"])
})
