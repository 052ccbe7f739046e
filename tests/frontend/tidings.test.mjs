import { Tidings } from "frontend/session/tidings"
import { equal, ok, test } from "tests/runner"

const AT = "2026-01-01T00:00:00Z"

/** Tidings over sockets that say what a test lets them say. */
function tidings() {
  const it = { sockets: [], told: [] }
  const connect = (id, { onFrame, onLink }) => {
    const socket = { id, lastSeq: 0, isClosed: false, close: () => (socket.isClosed = true), link: onLink }
    socket.say = (type, data, seq = null) => {
      if (type !== "snapshot") socket.lastSeq = seq ?? socket.lastSeq
      onFrame({ type, seq, at: AT, data })
    }
    it.sockets.push(socket)
    return socket
  }
  it.tidings = new Tidings({ connect, iceState: () => "connected" })
  for (const type of ["retell", "past", "now", "heard", "line", "stranger", "link"]) {
    it.tidings.addEventListener(type, ({ detail }) => it.told.push([type, detail?.type ?? detail]))
  }
  return it
}

const snapshot = { session: { state: "live", persona: { name: "Anna", slug: "anna" } } }

test("what happened before this page is told apart, and changes nothing of how things stand", () => {
  const { tidings: it, sockets, told } = tidings()
  it.listen("s1", { after: 0 })
  sockets[0].say("snapshot", snapshot, 2)
  sockets[0].say("turn.started", { turn: 1, prompt: "Who?" }, 1)
  ok(!it.isCaughtUp, "still being told")
  sockets[0].say("avatar.start_talking", { task_id: "t1" }, 2)
  ok(it.isCaughtUp, "all of it told")
  equal([it.story.turn, it.story.speaking], ["", ""])

  sockets[0].say("turn.started", { turn: 2, prompt: "Why?" }, 3)

  equal(it.story.turn, "2")
  equal(told.filter(([type]) => type === "past" || type === "now"), [
    ["now", "snapshot"],
    ["past", "turn.started"],
    ["past", "avatar.start_talking"],
    ["now", "turn.started"],
  ])
})

test("how our own connection is, we know best", () => {
  const { tidings: it, sockets } = tidings()
  it.listen("s1", { after: 0 })
  sockets[0].say("ice.state", { state: "checking" }, 1)

  equal(it.story.iceState, "connected")
})

test("of somebody else's session no more is heard once nobody listens", () => {
  const { tidings: it, sockets, told } = tidings()
  it.addEventListener("stranger", () => it.hush())
  it.listen("s1", { after: 0 })
  sockets[0].say("snapshot", { ...snapshot, role: "operator" }, 2)

  equal([sockets[0].isClosed, it.isListening, it.story.state], [true, false, ""])
  equal(told.map(([type]) => type), ["retell", "stranger"])
})

test("the next session is heard in place of the one before", () => {
  const { tidings: it, sockets, told } = tidings()
  it.listen("s1", { after: 0 })
  it.listen("s2", { after: 0 })
  it.listen("s2", { after: 7 })

  equal(sockets.map(({ id, isClosed }) => [id, isClosed]), [["s1", true], ["s2", true], ["s2", false]])
  equal(told, [["retell", "s1"], ["retell", "s2"]])
})

test("a link that stays as it was is no news", () => {
  const { tidings: it, sockets, told } = tidings()
  it.listen("s1", { after: 0 })
  sockets[0].link("open", 0)
  sockets[0].link("lost", 1006)

  equal(told.slice(1).map(([, { link, isNews }]) => [link, isNews]), [["open", false], ["lost", true]])
})
