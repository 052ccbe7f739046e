import { TryStage } from "frontend/editing/try-stage"
import { equal, test } from "tests/runner"

const PAGE = `
  <avatar-stage></avatar-stage>
  <p data-part="try-line"></p>
  <div data-part="try-problems"></div>
  <form data-part="try-form"><input id="try-message"></form>
  <button data-do="try"><span data-part="try-verb"></span><span data-part="try-send"></span></button>
  <button data-do="try-leave"></button>
  <div data-part="try-log"><ol data-part="try-lines"></ol></div>`

/** What the stage asks of a session, and what it has the avatar say. */
class Session extends EventTarget {
  said = []
  speech = new EventTarget()
  phase = "idle"

  async open() {
    this.phase = "connecting"
  }

  playing() {
    if (this.phase !== "connecting") return
    this.phase = "live"
    this.dispatchEvent(new CustomEvent("playing", { detail: {} }))
  }

  repeat(text) {
    this.said.push(text)
  }
}

async function begun() {
  document.body.innerHTML = PAGE
  const stage = document.querySelector("avatar-stage")
  stage.clear = () => {}
  const session = new Session()
  const facts = () => ({ welcome: "Welcome!", answers: true, backdrop: { removes: false } })
  const trying = new TryStage({ session, slug: "rosa", facts, prepare: async () => true })
  await trying.actions.try()
  return { stage, session }
}

test("the draft greets with the first picture, and once", async () => {
  const { stage, session } = await begun()
  equal(session.said, [])
  stage.dispatchEvent(new Event("firstframe"))
  stage.dispatchEvent(new Event("firstframe"))
  equal(session.said, ["Welcome!"])
})

test("the draft greets also where no picture comes through", async () => {
  const { session } = await begun()
  session.playing()
  equal(session.said, ["Welcome!"])
})
