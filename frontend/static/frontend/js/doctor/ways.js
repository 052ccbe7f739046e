/** Which ways out of this network the browser finds. */

const LONGEST_MS = 6_000

/**
 * Gather candidates, and tell the kind of each: "host", "srflx", "relay".
 *
 * @param {RTCIceServer[]} iceServers
 * @param {{relayOnly?: boolean}} [how]
 * @returns {Promise<string[]>}
 */
export async function gather(iceServers, { relayOnly = false } = {}) {
  const peer = new RTCPeerConnection({ iceServers, iceTransportPolicy: relayOnly ? "relay" : "all" })
  const types = []
  try {
    const done = new Promise((finish) => {
      setTimeout(finish, LONGEST_MS)
      peer.onicecandidate = ({ candidate }) => {
        if (!candidate) return finish()
        if (candidate.type) types.push(candidate.type)
        if (relayOnly && candidate.type === "relay") finish()
      }
    })
    peer.createDataChannel("doctor")
    await peer.setLocalDescription(await peer.createOffer())
    await done
  } finally {
    peer.close()
  }
  return types
}
