import { SessionSocket, socketUrl } from "frontend/session/socket"
import { equal, test } from "tests/runner"

/** A wire end: what the browser's WebSocket is to the page. */
class Wire {
  readyState = 0
  sent = []
  constructor(url) {
    this.url = url
  }
  send(text) {
    this.sent.push(JSON.parse(text))
  }
  close(code) {
    this.readyState = 3
    this.closedWith = code
  }
  open() {
    this.readyState = 1
    this.onopen()
  }
  say(frame) {
    this.onmessage({ data: JSON.stringify(frame) })
  }
  drop(code) {
    this.readyState = 3
    this.onclose({ code })
  }
}

function watched(options = {}) {
  const wires = []
  const seen = []
  const links = []
  const socket = new SessionSocket({
    url: "ws://x/",
    onFrame: ({ type, seq }) => seen.push(`${type} ${seq}`),
    onLink: (link, code) => links.push(`${link} ${code}`),
    open: (url) => {
      wires.push(new Wire(url))
      return wires.at(-1)
    },
    luck: () => 0,
    ...options,
  })
  return { socket, wires, seen, links }
}

const until = async (isTrue) => {
  while (!isTrue()) await new Promise((done) => setTimeout(done, 5))
}

test("a page's socket stands beside the page", () => {
  equal(socketUrl("s1", { protocol: "https:", host: "g.example" }), "wss://g.example/ws/sessions/s1/")
  equal(socketUrl("s1", { protocol: "http:", host: "localhost:3000" }), "ws://localhost:3000/ws/sessions/s1/")
})

test("a viewer beats as soon as it is connected, a watcher does not", () => {
  const viewer = watched()
  viewer.wires[0].open()
  equal(viewer.wires[0].sent, [{ type: "heartbeat" }])
  viewer.socket.close()

  const watcher = watched({ beats: false })
  watcher.wires[0].open()
  equal(watcher.wires[0].sent, [])
  watcher.socket.close()
})

test("it comes back after a loss and asks for what it missed", async () => {
  const { socket, wires, seen, links } = watched()
  wires[0].open()
  wires[0].say({ type: "snapshot", seq: 4 })
  wires[0].say({ type: "ice.state", seq: 5 })
  wires[0].drop(1006)
  await until(() => wires.length === 2)
  wires[1].open()
  wires[1].say({ type: "snapshot", seq: 7 })
  wires[1].say({ type: "turn.started", seq: 6 })
  wires[1].say({ type: "turn.finished", seq: 7 })
  socket.close()

  equal(wires[1].url, "ws://x/?after=5")
  equal(seen, ["snapshot 4", "ice.state 5", "snapshot 7", "turn.started 6", "turn.finished 7"])
  equal(links, ["open 0", "lost 1006", "open 0"])
})

test("an event that comes twice is told once", () => {
  const { socket, wires, seen } = watched()
  wires[0].open()
  wires[0].say({ type: "snapshot", seq: 1 })
  wires[0].say({ type: "ice.state", seq: 2 })
  wires[0].say({ type: "ice.state", seq: 2 })
  wires[0].say({ type: "chat.delta", seq: null })
  socket.close()

  equal(seen, ["snapshot 1", "ice.state 2", "chat.delta null"])
})

test("a watcher can ask for the whole past", () => {
  const { socket, wires, seen } = watched({ after: 0 })
  wires[0].open()
  wires[0].say({ type: "snapshot", seq: 2 })
  wires[0].say({ type: "session.status", seq: 1 })
  wires[0].say({ type: "session.status", seq: 2 })
  socket.close()

  equal(wires[0].url, "ws://x/?after=0")
  equal(seen, ["snapshot 2", "session.status 1", "session.status 2"])
})

test("a final code is reported and nothing is tried again", async () => {
  const { wires, links } = watched()
  wires[0].drop(4404)
  await new Promise((done) => setTimeout(done, 300))

  equal(wires.length, 1)
  equal(links, ["gone 4404"])
})

test("what cannot be sent is reported as unsent", () => {
  const { socket, wires } = watched({ beats: false })
  equal(socket.send({ type: "interrupt" }), false)
  wires[0].open()
  equal(socket.send({ type: "interrupt" }), true)
  socket.close()
})

test("closing says goodbye and reports nothing", () => {
  const { socket, wires, links } = watched()
  wires[0].open()
  socket.close()
  wires[0].drop(1000)

  equal(wires[0].closedWith, 1000)
  equal(links, ["open 0"])
})
