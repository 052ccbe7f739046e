import { ConnectionPanel } from "frontend/page/connection-panel"
import { equal, ok, test } from "tests/runner"

const FINE = {
  fps: 25, kbit_s: 700, rtt_ms: 20, jitter_ms: 4, frozen_ms: 0, lost_percent: 0, height: 720, heard_bytes: 9,
}
const BAD = { ...FINE, frozen_ms: 700 }

/** The parts of the page that the panel fills, and a session that does as it is told. */
function stage() {
  document.body.innerHTML = `
    <button data-part="meter"><span data-part="meter-text"></span></button>
    <p data-part="news"></p><p data-part="alarm"></p>
    <div data-part="adapting" hidden><p data-part="adapting-words"></p></div>
    <div data-part="connection" popover>
      <p data-part="connection-words"></p><p data-part="connection-figures"></p>
      <button data-do="full-quality" hidden><span data-part="full-quality"></span></button>
    </div>`
  const session = new EventTarget()
  session.busy = false
  session.hold = ""
  session.asked = []
  session.changeQuality = async (quality, { isChosen = true } = {}) => {
    session.asked.push([quality, isChosen])
    return true
  }
  const panel = new ConnectionPanel({ session, log: () => {}, noticeMs: 10 })
  panel.choose("high")
  const pass = (seconds, stats) => {
    for (let s = 0; s < seconds; s++) session.dispatchEvent(new CustomEvent("stats", { detail: stats }))
  }
  return { session, panel, pass }
}

const part = (name) => document.querySelector(`[data-part="${name}"]`)
const after = (ms) => new Promise((done) => setTimeout(done, ms))

test("the meter says how the connection is, and why", () => {
  const { pass } = stage()
  pass(5, FINE)
  equal([part("meter").dataset.grade, part("meter-text").textContent], ["good", "Good"])
  pass(5, BAD)
  equal(part("meter").dataset.grade, "poor")
  equal(part("connection-words").textContent, "Poor connection: the picture stands still at times.")
})

test("a smaller picture is announced before it comes", async () => {
  const { session, pass } = stage()
  pass(12, BAD)
  equal([part("adapting").hidden, session.asked], [false, []])
  ok(part("adapting-words").textContent.includes("medium (480p)"), "the size in words")
  equal(part("news").textContent, part("adapting-words").textContent)
  await after(40)

  equal([part("adapting").hidden, session.asked], [true, [["medium", false]]])
  equal(document.querySelector("[data-do=full-quality]").hidden, false)
})

test("who says keep is not asked again", async () => {
  const { session, panel, pass } = stage()
  pass(12, BAD)
  panel.actions["keep-quality"]()
  pass(60, BAD)
  await after(40)

  equal([part("adapting").hidden, session.asked], [true, []])
})

test("it waits for the end of a sentence, however long", async () => {
  const { session, pass } = stage()
  pass(12, BAD)
  session.busy = true
  await after(60)
  equal(session.asked, [])

  session.busy = false
  await after(600)
  equal(session.asked, [["medium", false]])
})

test("the size that was chosen can be had back at once", async () => {
  const { session, panel, pass } = stage()
  pass(12, BAD)
  await after(40)
  await panel.actions["full-quality"]()

  equal(session.asked.at(-1), ["high", true])
})
