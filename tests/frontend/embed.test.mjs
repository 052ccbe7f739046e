import { Host } from "frontend/embed/host"
import { isAllowed, originOf } from "frontend/embed/origins"
import { VisitorPass } from "frontend/embed/pass"
import { beginWords, heardOf, posterWords, problemWords } from "frontend/embed/words"
import { equal, ok, test } from "tests/runner"

const SITE = "https://shop.example"

// Which pages -----------------------------------------------------------------------------

test("only the very origin is allowed", () => {
  const tried = [SITE, "http://shop.example", `${SITE}:8443`, `${SITE}.evil.example`, "null", ""]
  equal(tried.map((origin) => isAllowed([SITE], origin)), [true, false, false, false, false, false])
})

test("on one's own machine the port may be open", () => {
  const tried = ["http://localhost", "http://localhost:8080", "http://localhost:x", "http://localhost.evil.example"]
  equal(tried.map((origin) => isAllowed(["http://localhost:*"], origin)), [true, true, false, false])
})

test("an address has an origin or none", () => {
  equal(["https://a.example/b?c", "data:text/html,x", "", "nonsense"].map(originOf), ["https://a.example", "", "", ""])
})

// The page around --------------------------------------------------------------------------

function pageAround({ origins = [SITE] } = {}) {
  const parent = { sent: [], postMessage: (message, target) => parent.sent.push([message, target]) }
  const window = new EventTarget()
  Object.assign(window, { parent, location: {}, document: { referrer: "" } })
  const host = new Host({ origins, window })
  const heard = []
  for (const type of ["ready", "order", "stranger"]) {
    host.addEventListener(type, ({ detail }) => heard.push([type, detail ?? null]))
  }
  const says = (data, { origin = SITE, source = parent } = {}) => {
    const event = Object.assign(new Event("message"), { data, origin, source })
    window.dispatchEvent(event)
  }
  return { host, parent, heard, says }
}

test("nothing but a knock is told before the page has been met", () => {
  const { host, parent } = pageAround()
  host.knock()
  host.tell("live")
  equal(parent.sent, [[{ greenroom: 1, type: "knock" }, "*"]])
})

test("what is told goes to the origin that was met, and to no other", () => {
  const { host, parent, says } = pageAround()
  says({ greenroom: 1, type: "hello" })
  host.tell("ended", { reason: "idle" })
  equal(parent.sent, [[{ greenroom: 1, type: "ended", detail: { reason: "idle" } }, SITE]])
  equal(host.origin, SITE)
})

test("a page that is not allowed is a stranger, and hears nothing", () => {
  const { host, parent, heard, says } = pageAround()
  says({ greenroom: 1, type: "hello" }, { origin: "https://evil.example" })
  host.tell("live")
  equal([heard, parent.sent], [[["stranger", { origin: "https://evil.example" }]], []])
})

test("orders count from the page that was met alone", () => {
  const { heard, says } = pageAround({ origins: [SITE, "https://blog.example"] })
  const order = { greenroom: 1, type: "ask", text: "Hello" }
  says(order)
  says({ greenroom: 1, type: "hello" })
  says(order, { origin: "https://blog.example" })
  says(order, { source: {} })
  says({ type: "ask", text: "Hello" })
  says(order)
  equal(heard, [["ready", null], ["order", { type: "ask", text: "Hello" }]])
})

// The token --------------------------------------------------------------------------------

function answer(status, body = {}) {
  return new Response(JSON.stringify(body), { status })
}

function passWith(answers, { storage = new Map() } = {}) {
  const asked = []
  const clock = { ms: 0 }
  const pass = new VisitorPass({
    fetch: async (path, { headers, credentials }) => {
      asked.push([path, headers.Authorization ?? "", credentials])
      return answers.shift()
    },
    storage: {
      getItem: (key) => storage.get(key) ?? null,
      setItem: (key, value) => storage.set(key, value),
      removeItem: (key) => storage.delete(key),
    },
    visit: () => ({ slug: "anna", key: "pk_1", origin: SITE }),
    language: "en",
    now: () => clock.ms,
  })
  return { pass, asked, storage, clock }
}

const visit = (token) => answer(200, { data: { token, lasts_s: 3600 } })
const CREATE = "/persona/heygen/session/create"

test("the first call makes a visit, and carries its token but no cookie", async () => {
  const { pass, asked, storage } = passWith([visit("t1"), answer(200)])
  equal((await pass.send(CREATE, { method: "POST", headers: {} })).status, 200)
  equal(asked, [["/embed/visit", "", "omit"], [`/embed${CREATE}`, "Visitor t1", "omit"]])
  equal([storage.get("greenroom.visitor"), pass.subprotocols], ["t1", ["greenroom.visitor", "t1"]])
})

test("a refused visit is the call's own answer", async () => {
  const { pass, asked } = passWith([answer(403, { code: "embed_off" })])
  equal((await (await pass.send(CREATE, { headers: {} })).json()).code, "embed_off")
  equal(asked.length, 1)
})

test("two calls at once make one visit", async () => {
  const { pass, asked } = passWith([visit("t1"), answer(200), answer(200)])
  await Promise.all([pass.send(CREATE, { headers: {} }), pass.send(CREATE, { headers: {} })])
  equal(asked.filter(([path]) => path === "/embed/visit").length, 1)
})

test("a token is renewed after a third of its time", async () => {
  const { pass, asked, clock } = passWith([visit("t1"), answer(200), answer(200), visit("t2"), answer(200)])
  await pass.send(CREATE, { headers: {} })
  clock.ms = 1_199_000
  await pass.send(CREATE, { headers: {} })
  clock.ms = 1_201_000
  await pass.send(CREATE, { headers: {} })
  equal(asked.map(([, token]) => token), ["", "Visitor t1", "Visitor t1", "", "Visitor t2"])
})

test("a new conversation begins with another token when the old one is over", async () => {
  const { pass, asked } = passWith([visit("t1"), answer(401), visit("t2"), answer(200)])
  equal((await pass.send(CREATE, { headers: {} })).status, 200)
  equal(asked.at(-1)[1], "Visitor t2")
})

test("what goes on is not gone on with by somebody new", async () => {
  const { pass, asked, storage } = passWith([visit("t1"), answer(401)])
  equal((await pass.send("/persona/heygen/session/claim", { headers: {} })).status, 401)
  equal([asked.length, storage.size, pass.isKnown], [2, 0, false])
})

// Words ------------------------------------------------------------------------------------

test("visitors are told what they can do, and nothing of accounts and staff", () => {
  for (const code of ["no_seat", "accounts_resting", "upstream_timeout", "model_timeout", "network"]) {
    const words = problemWords({ code, message: "Staff can correct OPENAI_API_KEY." })
    ok(words && !/staff|OPENAI/i.test(words), code)
  }
  equal(problemWords({ code: "embed_off", message: "Not now." }), "Not now.")
})

test("who was refused tries again, who has talked talks again", () => {
  const ended = (reason) => ({ phase: "ended", end: { reason } })
  equal(beginWords(ended("embed_off"), "Anna"), "Try again")
  equal(posterWords(ended("embed_off"), "guide"), "guide")
  equal(beginWords(ended("you_closed"), "Anna"), "Talk again")
  equal(beginWords({ phase: "idle", end: { reason: "" } }, "Anna"), "Talk to Anna")
})

test("of a speech that was cut off stands what was heard", () => {
  const sentences = ["I am Anna.", "I paint.", "And you?"]
  equal(heardOf(sentences, "I am Anna. I pa"), ["I am Anna.", "I pa", ""])
  equal(heardOf(sentences, ""), ["", "", ""])
})
