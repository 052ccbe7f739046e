import { Tab } from "frontend/session/tab"
import { equal, ok, test } from "tests/runner"

/** A tab's own storage; `copy` is what a duplicated tab begins with. */
class Storage {
  constructor(items = new Map()) {
    this.items = items
  }
  getItem(key) {
    return this.items.get(key) ?? null
  }
  setItem(key, value) {
    this.items.set(key, value)
  }
  removeItem(key) {
    this.items.delete(key)
  }
}

const kept = { id: "s1", starts: true, before: "", choice: { persona: "anna" } }

test("what a tab remembers is there after a reload", () => {
  const storage = new Storage()
  new Tab({ storage, locks: null }).remember(kept)

  equal(new Tab({ storage, locks: null }).recall(), kept)
})

test("what a tab forgets is gone", () => {
  const tab = new Tab({ storage: new Storage(), locks: null })
  tab.remember(kept)
  tab.forget()

  equal(tab.recall(), null)
})

for (const text of ["{", "null", "{}", "7"]) {
  test(`a storage with ${text} in it remembers nothing`, () => {
    const storage = new Storage(new Map([["greenroom.session", text]]))
    equal(new Tab({ storage, locks: null }).recall(), null)
  })
}

test("a browser without storage or locks begins anew each time, and every tab is the only one", async () => {
  const tab = new Tab({ storage: null, locks: null })
  tab.remember(kept)

  equal(tab.recall(), null)
  ok(await tab.hold("s1"), "held")
})
