import { Api, problemFrom } from "frontend/session/api"
import { equal, ok, test } from "tests/runner"

function answering(status, body, headers = {}) {
  const calls = []
  const fetch = async (path, request) => {
    calls.push({ path, ...request })
    return new Response(typeof body === "string" ? body : JSON.stringify(body), { status, headers })
  }
  return { api: new Api({ fetch, csrfToken: "token" }), calls }
}

const failure = async (promise) => {
  try {
    await promise
  } catch (problem) {
    return problem
  }
  throw new Error("expected a problem")
}

test("choices that were not made are left to the persona", async () => {
  const { api, calls } = answering(200, { success: true, data: { session_id: "s" } })

  const session = await api.createSession({ persona: "anna", avatar_name: "", quality: "low" })

  equal(session, { session_id: "s" })
  equal(JSON.parse(calls[0].body), { persona: "anna", quality: "low" })
  equal(calls[0].headers["X-CSRFToken"], "token")
})

test("a refusal keeps its code, message and detail", async () => {
  const { api } = answering(409, { success: false, message: "All 3 seats are taken.", error: "Ask staff.", code: "no_seat" })

  const problem = await failure(api.createSession({}))

  equal([problem.code, problem.message, problem.detail, problem.status], ["no_seat", "All 3 seats are taken.", "Ask staff.", 409])
})

test("the avatar server's own code and words are kept", () => {
  const problem = problemFrom(502, { message: "Refused.", code: "upstream_refused", upstream: { code: 10013, message: "avatar not found" } })
  ok(problem.detail.includes("10013") && problem.detail.includes("avatar not found"), "both")
})

test("a detail that repeats the message is left out", () => {
  equal(problemFrom(400, { message: "text: is empty.", error: "text: is empty.", code: "invalid" }).detail, "")
})

test("an answer that is no JSON is a server error", async () => {
  const { api } = answering(502, "<html>Bad gateway</html>")
  equal((await failure(api.avatars())).code, "server_error")
})

test("a request that goes nowhere is a network problem", async () => {
  const api = new Api({ fetch: () => Promise.reject(new TypeError("failed")), csrfToken: "" })
  equal((await failure(api.voices())).code, "network")
})

test("a refusal that says when to come back keeps that", async () => {
  const body = { success: false, message: "Resting.", error: "", code: "accounts_resting" }
  const { api } = answering(503, body, { "Retry-After": "27" })

  equal((await failure(api.createSession({}))).retryAfterS, 27)
})

test("a place in line comes as the answer to the same call", async () => {
  const { api, calls } = answering(202, { success: true, data: { session_id: "s", status: "waiting", position: 2 } })

  equal((await api.createSession({ persona: "anna" })).position, 2)
  await api.claimSession("s")
  await api.resumeSession("s")
  equal(calls.slice(1).map(({ path }) => path), ["/persona/heygen/session/claim", "/persona/heygen/session/resume"])
})
