import { Problem } from "frontend/session/api"
import { VoiceInput } from "frontend/voice/input"
import { equal, ok, test } from "tests/runner"

const settled = () => new Promise((done) => setTimeout(done, 0))
const SAMPLES = new Int16Array(1600)

/** What is outside of it: a microphone, a service that answers when told to, a session. */
class Outside {
  mics = []
  calls = []
  told = []
  did = []
  isAllowed = true
  refusal = null
  session = {
    isBusy: false,
    isSpeaking: false,
    language: "en",
    saidLately: "",
    interrupt: () => this.did.push("interrupt"),
    stay: () => this.did.push("stay"),
  }

  constructor({ obstacle = "", mode = "free" } = {}) {
    this.voice = new VoiceInput({
      obstacle,
      open: (means) => this.#open(means),
      isAllowed: async () => this.isAllowed,
      transcribe: (wav, { signal }) => this.#transcribe(wav, signal),
      session: this.session,
    })
    this.voice.mode = mode
    for (const kind of ["text", "ignored", "echo", "silent", "problem", "partial"]) {
      this.voice.addEventListener(kind, ({ detail }) => this.told.push([kind, detail?.code ?? detail]))
    }
  }

  get mic() {
    return this.mics.at(-1)
  }

  async #open({ deviceId, onHeard, onLost }) {
    await this.asks
    if (this.refusal) throw new DOMException("", this.refusal)
    const mic = { deviceId, ear: "closed", isClosed: false, cancelsEcho: true, onLost }
    mic.listen = (ear) => (mic.ear = ear)
    mic.cancel = () => (mic.isCancelled = true)
    mic.expectEcho = (hasEcho) => (mic.hasEcho = hasEcho)
    mic.close = () => (mic.isClosed = true)
    mic.hear = (type, facts = {}) => onHeard({ type, ...facts })
    this.mics.push(mic)
    return mic
  }

  #transcribe(wav, signal) {
    return new Promise((answer, fail) => this.calls.push({ wav, signal, answer, fail }))
  }

  async live(isLive = true, isSeen = true) {
    await this.voice.attend({ isLive, isSeen })
    await settled()
  }

  /** Somebody says something in one segment; it is understood as `text`. */
  async says(text, { confirms = true } = {}) {
    this.mic.hear("began")
    if (confirms) this.mic.hear("confirmed")
    this.mic.hear("segment", { nth: 0, samples: SAMPLES })
    this.mic.hear("ended", { segments: 1 })
    this.calls.at(-1).answer(text)
    await settled()
  }

  async speak() {
    this.session.isBusy = this.session.isSpeaking = true
    await this.live()
  }
}

test("hands-free, what is said is asked", async () => {
  const it = new Outside()
  await it.live()
  equal([it.voice.state, it.mic.ear], ["listening", "free"])

  it.mic.hear("began")
  equal(it.voice.state, "hearing")
  it.mic.hear("segment", { nth: 0, samples: SAMPLES })
  it.mic.hear("ended", { segments: 1 })
  equal(it.voice.state, "transcribing")
  it.calls[0].answer(" Who are you? ")
  await settled()

  equal(it.told, [["text", "Who are you?"]])
  equal(it.voice.state, "listening")
  equal(it.calls[0].wav.type, "audio/wav")
})

test("speech that goes on interrupts the avatar before it is understood", async () => {
  const it = new Outside()
  await it.live()
  await it.speak()

  it.mic.hear("began")
  equal(it.did, [])
  it.mic.hear("confirmed")

  equal(it.did, ["interrupt"])
  equal(it.mic.hasEcho, true)
})

for (const [text, language, outcome] of [
  ["Uh-huh.", "en", "ignored"],
  ["Mm.", "en", "ignored"],
  ["Ja, genau.", "de-at", "ignored"],
  ["はい。", "ja", "ignored"],
  ["Stop!", "en", "text"],
  ["No.", "en", "text"],
  ["Yes, but why?", "en", "text"],
]) {
  test(`“${text}” while the avatar speaks is ${outcome}`, async () => {
    const it = new Outside()
    it.session.language = language
    await it.live()
    await it.speak()
    await it.says(text, { confirms: false })

    equal(it.told, [[outcome, text]])
  })
}

test("an “um” behind a question does not take the place of the question", async () => {
  const it = new Outside()
  await it.live()
  await it.says("What do you like?")
  it.session.isBusy = true // the answer is on its way, and nothing is said yet
  await it.says("Um.", { confirms: false })

  equal(it.told, [["text", "What do you like?"], ["ignored", "Um."]])
})

test("what has silenced the avatar is asked, whatever it is", async () => {
  const it = new Outside()
  await it.live()
  await it.speak()
  await it.says("Yeah, right.")

  equal([it.did, it.told], [["interrupt"], [["text", "Yeah, right."]]])
})

test("the same word is an answer when the avatar is silent", async () => {
  const it = new Outside()
  await it.live()
  await it.says("Okay.")

  equal(it.told, [["text", "Okay."]])
})

test("what services write where nobody speaks is not asked", async () => {
  const it = new Outside()
  await it.live()
  for (const text of ["", "[BLANK_AUDIO]", "(coughing)", "*sighs*", "♪", " … "]) await it.says(text)

  equal(it.told.map(([kind]) => kind), Array(6).fill("silent"))
})

test("segments are written down while speaking goes on, and joined in their order", async () => {
  const it = new Outside()
  await it.live()
  it.mic.hear("began")
  it.mic.hear("segment", { nth: 0, samples: SAMPLES })
  it.mic.hear("segment", { nth: 1, samples: SAMPLES })
  equal([it.calls.length, it.voice.state], [2, "hearing"])

  it.calls[1].answer("and who was that?")
  await settled()
  equal(it.voice.soFar, "")
  it.calls[0].answer("Who are you,")
  await settled()
  equal([it.voice.soFar, it.told], ["Who are you, and who was that?", []])
  it.mic.hear("ended", { segments: 2 })
  await settled()

  equal(it.told, [["text", "Who are you, and who was that?"]])
  equal(it.did, ["stay"])
})

test("a segment that was withdrawn is not waited for", async () => {
  const it = new Outside()
  await it.live()
  it.mic.hear("began")
  it.mic.hear("segment", { nth: 0, samples: SAMPLES })
  it.mic.hear("withdrawn", { nth: 0 })
  equal(it.calls[0].signal.aborted, true)
  it.mic.hear("segment", { nth: 0, samples: SAMPLES })
  it.mic.hear("ended", { segments: 1 })
  it.calls[0].fail(new Error("aborted"))
  it.calls[1].answer("All of it.")
  await settled()

  equal(it.told, [["text", "All of it."]])
})

test("what was said first is asked first, however long it takes to write down", async () => {
  const it = new Outside()
  await it.live()
  for (let nth = 0; nth < 2; nth++) {
    it.mic.hear("began")
    it.mic.hear("segment", { nth: 0, samples: SAMPLES })
    it.mic.hear("ended", { segments: 1 })
  }
  it.calls[1].answer("Second.")
  await settled()
  it.calls[0].answer("First.")
  await settled()

  equal(it.told, [["text", "First."], ["text", "Second."]])
})

test("held, the avatar falls silent at once and what is said until the release is taken", async () => {
  const it = new Outside({ mode: "hold" })
  await it.live()
  equal([it.voice.state, it.mic.ear], ["ready", "closed"])
  await it.speak()

  await it.voice.press()
  equal([it.did, it.mic.ear, it.voice.isHeld], [["interrupt"], "held", true])
  it.voice.release()
  equal(it.mic.ear, "closed")
  await it.says("Ja.", { confirms: false })

  equal(it.told, [["text", "Ja."]])
})

test("a press that must ask for the microphone first is heard if it lasts", async () => {
  const it = new Outside({ mode: "hold" })
  it.isAllowed = false
  await it.live()
  await it.speak()
  equal([it.voice.state, it.mics.length], ["asleep", 0])

  await it.voice.press()
  it.mic.hear("began")

  equal([it.mic.ear, it.did], ["held", ["interrupt"]])
})

test("nobody is asked for a microphone without having pressed anything", async () => {
  const it = new Outside()
  it.isAllowed = false
  await it.live()
  equal(it.mics.length, 0)

  await it.voice.toggle()

  equal(it.voice.state, "listening")
})

for (const [name, state] of [
  ["NotAllowedError", "denied"],
  ["NotFoundError", "no-device"],
  ["NotReadableError", "in-use"],
  ["TypeError", "unsupported"],
]) {
  test(`${name} is shown as ${state}, and can be tried again`, async () => {
    const it = new Outside()
    it.refusal = name
    await it.live()
    equal(it.voice.state, state)

    it.refusal = null
    await it.voice.toggle()

    equal(it.voice.state, "listening")
  })
}

for (const [what, leave] of [
  ["the session ends", (it) => it.live(false)],
  ["the page is hidden", (it) => it.live(true, false)],
  ["it is switched off", (it) => it.voice.choose("off")],
]) {
  test(`the microphone is let go when ${what}, with all that was not asked yet`, async () => {
    const it = new Outside()
    await it.live()
    it.mic.hear("began")
    it.mic.hear("segment", { nth: 0, samples: SAMPLES })
    it.mic.hear("ended", { segments: 1 })
    await leave(it)
    equal(it.mic.isClosed, true)
    equal(it.voice.isOpen, false)
    equal(it.calls[0].signal.aborted, true)
    it.calls[0].answer("Too late.")
    await settled()

    equal(it.told, [])
  })
}

test("a page that is seen again listens again", async () => {
  const it = new Outside()
  await it.live()
  await it.live(true, false)
  await it.live()

  equal([it.voice.state, it.mics.length], ["listening", 2])
})

test("a session that ends while permission is looked up opens nothing", async () => {
  const it = new Outside()
  const coming = it.live()
  await it.live(false)
  await coming

  equal(it.mics.length, 0)
})

test("holding a key in which nobody is heard is told, pausing in the middle of a word is not", async () => {
  const it = new Outside({ mode: "hold" })
  await it.live()
  await it.voice.press()
  it.mic.hear("began")
  it.mic.hear("dropped")
  equal(it.told, [["silent", null]])

  await it.voice.choose("free")
  it.mic.hear("began")
  await it.voice.toggle()
  it.mic.hear("dropped")
  equal([it.told.length, it.voice.state], [1, "paused"])
})

test("a microphone that opens too late is closed again", async () => {
  const it = new Outside()
  let allow
  it.asks = new Promise((done) => (allow = done))
  it.voice.attend({ isLive: true, isSeen: true })
  await settled()
  equal(it.voice.state, "asking")
  await it.live(false)
  allow()
  await settled()

  equal([it.mic.isClosed, it.voice.isOpen], [true, false])
})

test("an unplugged microphone is said to be lost, and pressing opens another", async () => {
  const it = new Outside()
  await it.live()
  it.mic.onLost()
  equal(it.voice.state, "lost")

  await it.voice.toggle()

  equal([it.voice.state, it.mics.length], ["listening", 2])
})

test("with half duplex it does not listen while the avatar speaks", async () => {
  const it = new Outside()
  it.voice.isHalfDuplex = true
  await it.live()
  await it.speak()
  equal([it.voice.state, it.mic.ear], ["deaf", "closed"])

  it.session.isBusy = it.session.isSpeaking = false
  await it.live()

  equal([it.voice.state, it.mic.ear], ["listening", "free"])
})

test("a device that cancels no echo is not listened to while the avatar speaks", async () => {
  const it = new Outside()
  await it.live()
  it.mic.cancelsEcho = false
  await it.speak()

  equal(it.mic.ear, "closed")
})

test("hands-free can be paused and goes on", async () => {
  const it = new Outside()
  await it.live()
  await it.voice.toggle()
  equal([it.voice.state, it.mic.ear], ["paused", "closed"])

  await it.voice.toggle()

  equal(it.voice.state, "listening")
})

test("a failure is told and the next words are taken all the same", async () => {
  const it = new Outside()
  await it.live()
  it.mic.hear("began")
  it.mic.hear("segment", { nth: 0, samples: SAMPLES })
  it.mic.hear("ended", { segments: 1 })
  it.calls[0].fail(new Problem({ code: "transcription_timeout", message: "" }))
  await settled()
  await it.says("Again.")

  equal(it.told, [["problem", "transcription_timeout"], ["text", "Again."]])
})

test("when a part of a long speech cannot be written down the others are not lost", async () => {
  const it = new Outside()
  await it.live()
  it.mic.hear("began")
  for (const nth of [0, 1, 2]) it.mic.hear("segment", { nth, samples: SAMPLES })
  it.mic.hear("ended", { segments: 3 })
  it.calls[0].answer("First,")
  it.calls[1].fail(new Problem({ code: "throttled", message: "" }))
  it.calls[2].answer("and third.")
  await settled()

  equal(it.told, [["problem", "throttled"], ["partial", "First, and third."]])
})

test("the avatar’s own voice is not asked", async () => {
  const it = new Outside()
  it.session.saidLately = "Welcome to the green room. The kettle is on, and the mirrors are lit."
  await it.live()
  await it.speak()
  await it.says("The kettle is on and the mirrors are it")
  await it.says("Is the kettle on in the other room, too?")

  equal(it.told.map(([kind]) => kind), ["echo", "text"])
})

test("a service that offers no transcription is not asked again", async () => {
  const it = new Outside()
  await it.live()
  it.mic.hear("began")
  it.mic.hear("segment", { nth: 0, samples: SAMPLES })
  it.mic.hear("ended", { segments: 1 })
  it.calls[0].fail(new Problem({ code: "transcription_not_offered", message: "" }))
  await settled()
  equal([it.voice.state, it.mic.isClosed], ["transcription_not_offered", true])

  await it.voice.toggle()

  equal(it.mics.length, 1)
})

test("where there can be no microphone none is opened, and it is said why", async () => {
  for (const obstacle of ["insecure", "unsupported", "transcription_not_configured"]) {
    const it = new Outside({ obstacle })
    await it.live()
    await it.voice.toggle()
    equal([it.voice.state, it.mics.length], [obstacle, 0])
  }
})

test("giving up while holding sends nothing", async () => {
  const it = new Outside({ mode: "hold" })
  await it.live()
  await it.voice.press()
  it.mic.hear("began")
  it.mic.hear("segment", { nth: 0, samples: SAMPLES })
  it.voice.cancel()

  equal([it.mic.isCancelled, it.mic.ear, it.voice.state], [true, "closed", "ready"])
  ok(it.calls[0].signal.aborted, "the call is aborted")
  it.mic.hear("dropped")
  equal(it.told, [])

  await it.voice.press()
  equal(it.mic.ear, "held")
})
