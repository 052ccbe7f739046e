import { Player, waitFor } from "frontend/history/player"
import { AvatarVoice } from "frontend/history/voices"
import { equal, test } from "tests/runner"

const LINES = [
  { turn: 1, piece: -1, text: "Who are you?", lasts_s: 1, pause_s: 0 },
  { turn: 1, piece: 0, text: "I am Anna.", lasts_s: 2, pause_s: 0.5 },
  { turn: 1, piece: 1, text: "A guide.", lasts_s: 2, pause_s: 0 },
  { turn: 2, piece: -1, text: "Really?", lasts_s: 1, pause_s: 2 },
  { turn: 2, piece: 0, text: "Really.", lasts_s: 1, pause_s: 0.5 },
]

/** A voice that is through when it is told to be, and waits that take no time. */
function cast() {
  const said = []
  const waits = []
  let through = () => {}
  const voice = {
    hushed: 0,
    say(line, signal) {
      said.push(line.text)
      return new Promise((done, fail) => {
        through = done
        signal.addEventListener("abort", () => fail(signal.reason))
      })
    },
    hush: () => voice.hushed++,
  }
  const wait = async (ms, signal) => {
    waits.push(ms)
    if (signal.aborted) throw signal.reason
  }
  const player = new Player({ lines: LINES, voice, wait })
  return { player, voice, said, waits, next: async () => (through(), await settled()) }
}

async function settled() {
  for (let nth = 0; nth < 20; nth++) await null
}

test("the persona's lines are said in order, with the pauses of then", async () => {
  const { player, said, waits, next } = cast()
  player.play()
  await settled()
  equal(player.line.text, "I am Anna.")
  await next()
  await next()
  await next()

  equal(said, ["I am Anna.", "A guide.", "Really."])
  equal(waits, [1000, 500, 0, 2000, 1000, 500])
  equal(player.isOver, true)
  equal(player.isPlaying, false)
})

test("a pause hushes the voice, and the cut line is said again", async () => {
  const { player, voice, said } = cast()
  player.play()
  await settled()
  player.pause()
  equal(voice.hushed, 1)
  equal(player.isPlaying, false)

  player.play()
  await settled()
  equal(said, ["I am Anna.", "I am Anna."])
})

test("seeking goes on from the first line of a turn, and stays paused if it was", async () => {
  const { player, said } = cast()
  player.seek(2)
  equal(player.line.text, "Really?")
  equal(player.isPlaying, false)

  player.play()
  await settled()
  player.step(-1)
  await settled()
  equal(said, ["Really.", "I am Anna."])
  equal(player.isPlaying, true)
})

test("behind the end it begins anew", async () => {
  const { player, said, next } = cast()
  player.seek(2)
  player.play()
  await settled()
  await next()
  equal(player.isOver, true)

  player.play()
  await settled()
  equal(said, ["Really.", "I am Anna."])
})

test("faster means shorter pauses", async () => {
  const { player, waits } = cast()
  player.speed = 2
  player.play()
  await settled()

  equal(waits, [500, 250])
})

test("a voice that fails pauses it and is told of", async () => {
  const failing = { say: () => Promise.reject(new Error("gone")), hush() {} }
  const player = new Player({ lines: LINES, voice: failing, wait: async () => {} })
  const troubles = []
  player.addEventListener("trouble", ({ detail }) => troubles.push(detail.message))

  await player.play()

  equal(troubles, ["gone"])
  equal(player.isPlaying, false)
  equal(player.line.text, "I am Anna.")
})

/** A session that tells what its viewer's socket told. */
class Session extends EventTarget {
  phase = "live"
  asked = []
  replay(turn, piece) {
    this.asked.push([turn, piece])
  }
  tell(type, data) {
    this.dispatchEvent(new CustomEvent("frame", { detail: { type, data } }))
  }
}

test("an avatar's line is over when the avatar has stopped saying that one", async () => {
  const session = new Session()
  let isOver = false
  const life = new AbortController()
  const saying = new AvatarVoice(session).say(LINES[1], life.signal).then(() => (isOver = true))
  equal(session.asked, [[1, 0]])

  session.tell("chat.sentence", { turn: 1, index: 0, task_id: "t", duration_s: 2 })
  session.tell("avatar.stop_talking", { task_id: "another" })
  await settled()
  equal(isOver, false)

  session.tell("avatar.stop_talking", { task_id: "t" })
  await saying
  equal(isOver, true)
})

test("a problem or the session's end is why a line is not said", async () => {
  const session = new Session()
  const voice = new AvatarVoice(session)
  const { signal } = new AbortController()

  const refused = voice.say(LINES[1], signal).catch(({ code }) => code)
  session.dispatchEvent(new CustomEvent("problem", { detail: { code: "throttled" } }))
  equal(await refused, "throttled")

  const cut = voice.say(LINES[1], signal).catch(({ message }) => message)
  session.phase = "ended"
  session.dispatchEvent(new Event("change"))
  equal(await cut, "ended")
})

test("waiting ends at once when it is not wanted any more", async () => {
  const life = new AbortController()
  const waiting = waitFor(60_000, life.signal).catch(() => "left")
  life.abort()

  equal(await waiting, "left")
})
