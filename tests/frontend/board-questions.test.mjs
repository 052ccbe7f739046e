import { Operations } from "frontend/board/operations"
import { questionFor, requestFor } from "frontend/board/questions"
import { equal, ok, test } from "tests/runner"

const NOW = Date.parse("2030-01-01T12:00:00Z")
const alice = { id: "a", state: "live", user: "alice", persona: "Anna", last_activity_at: "2030-01-01T11:59:00Z" }
const bob = { id: "b", state: "waiting", user: "bob", position: 3 }
const facts = (sessions, line) => ({ board: { sessions, line }, idleS: 30, nowMs: NOW })

test("stopping one names whose it is, and taking out of the line is told apart", () => {
  equal(questionFor("stop", alice, facts([alice], [])).title, "Stop the session of alice?")
  equal(questionFor("stop", bob, facts([], [bob])).title, "Take bob out of the line?")
})

test("stopping many names how many", () => {
  equal(questionFor("stop-all", {}, facts([alice], [])).title, "Stop the only session?")
  equal(questionFor("stop-all", {}, facts([alice, alice], [])).title, "Stop all 2 sessions?")
  equal(questionFor("stop-all", {}, facts([alice, alice], [])).verb, "Stop 2 sessions")
  equal(questionFor("stop-idle", {}, facts([alice, alice], [])).title, "Stop 2 idle sessions?")
})

test("the line is asked about only where there is one", () => {
  ok(!questionFor("stop-all", {}, facts([alice], [])).option)
  equal(questionFor("stop-all", {}, facts([alice], [bob])).option, "Also send away the 1 visitor who waits")
})

test("what ends nothing for anybody is not asked about", () => {
  equal(questionFor("drain", { id: 1 }, facts([], [])), null)
  equal(questionFor("up", bob, facts([], [bob])), null)
})

test("each action has its address and form", () => {
  equal(requestFor("stop", alice, false), ["/operate/sessions/a/stop"])
  equal(requestFor("up", bob, false), ["/operate/sessions/b/move", { position: 2 }])
  equal(requestFor("to-front", bob, false), ["/operate/sessions/b/move", { position: 1 }])
  equal(requestFor("stop-all", {}, true), ["/operate/stop-all", { line: "yes" }])
  equal(requestFor("stop-all", {}, false), ["/operate/stop-all", {}])
  equal(requestFor("toString", {}, false), null)
})

const operations = (answer) => {
  const asked = []
  const fetch = async (...request) => {
    asked.push(request)
    return answer()
  }
  return { asked, operations: new Operations({ fetch, csrfToken: "t0ken" }) }
}
const problemOf = (promise) => promise.then(() => null, (problem) => problem)

test("what is done is posted as a form with the token, and answered in words", async () => {
  const { asked, operations: site } = operations(() => Response.json({ success: true, message: "Done." }))
  equal(await site.post("/operate/x", { position: 2 }), "Done.")
  const [path, { method, headers, body }] = asked[0]
  equal([path, method, headers["X-CSRFToken"], String(body)], ["/operate/x", "POST", "t0ken", "position=2"])
})

test("a refusal says why", async () => {
  const body = { success: false, code: "not_found", message: "It has ended." }
  const { operations: site } = operations(() => Response.json(body, { status: 404 }))
  const { code, message } = await problemOf(site.post("/operate/x"))
  equal([code, message], ["not_found", "It has ended."])
})

test("a page instead of an answer, and no answer at all, are problems too", async () => {
  const { operations: page } = operations(() => new Response("<html>", { status: 502 }))
  equal((await problemOf(page.post("/x"))).code, "server_error")
  const { operations: silence } = operations(() => Promise.reject(new TypeError("offline")))
  equal((await problemOf(silence.post("/x"))).code, "network")
})
