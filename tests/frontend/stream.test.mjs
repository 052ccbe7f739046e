import { Stream } from "frontend/media/stream"
import { equal, test } from "tests/runner"

/** A stream of one peer, and what it tells. */
function streamOf({ isSeen = () => true } = {}) {
  const it = { told: [], peers: [] }
  const createPeer = (means) => {
    const peer = { ...means, isClosed: false, accept: async (sdp) => (peer.sdp = sdp), close: () => (peer.isClosed = true) }
    it.peers.push(peer)
    return peer
  }
  it.stream = new Stream({ createPeer, isSeen })
  for (const type of ["stream", "ice", "talking", "words"]) {
    it.stream.addEventListener(type, ({ detail }) => it.told.push([type, detail]))
  }
  return it
}

test("what the avatar's side tells is told, whoever made the connection", async () => {
  const { stream, told, peers } = streamOf()
  await stream.accept({ sdp: "v=0", ice_servers: [{ urls: "stun:one" }] })
  equal([peers[0].sdp, peers[0].iceServers], ["v=0", [{ urls: "stun:one" }]])
  peers[0].onIce("connected")
  peers[0].onTalking({ state: "start", taskId: "t1" })
  peers[0].onWords("t1", [])

  equal(told, [
    ["ice", "connected"],
    ["talking", { state: "start", taskId: "t1" }],
    ["words", { taskId: "t1", words: [] }],
  ])
})

test("a stream that was let go has no connection, and asks nothing more of one", async () => {
  const { stream, peers } = streamOf()
  await stream.accept({ sdp: "v=0" })
  stream.close()
  stream.close()
  stream.sendCandidates(() => {})

  equal([peers[0].isClosed, stream.iceState], [true, ""])
})
