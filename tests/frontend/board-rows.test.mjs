import { accountFacts, idleCount, longestWait, sessionCells, ticketCells } from "frontend/board/rows"
import { equal, test } from "tests/runner"

const NOW = Date.parse("2030-01-01T12:00:00Z")
const at = (seconds) => new Date(NOW + seconds * 1000).toISOString()

const session = (changes = {}) => ({
  id: "s1", state: "live", ice_state: "connected", persona: "Anna", user: "alice", account: "Engine", seat: 2,
  created_at: at(-100), seated_at: at(-65), ends_at: at(500), last_activity_at: at(-20), ...changes,
})
const media = { fps: 24.6, kbit_s: 380, rtt_ms: 12, freezes: 0, freezes_total: 2, av_offset_ms: -12.4 }
const texts = (cells) => Object.fromEntries(Object.entries(cells).map(([name, { text }]) => [name, text]))
const marked = (cells) => Object.keys(cells).filter((name) => cells[name].level)

test("a session's row says who, where, for how long and how well", () => {
  equal(texts(sessionCells(session(), media, NOW)), {
    persona: "Anna", user: "alice", state: "Live", seat: "Engine, 2", ice: "connected",
    age: "1:05", left: "8:20", quiet: "0:20",
    fps: "25", kbit_s: "380", rtt_ms: "12", freezes_total: "2", av_offset_ms: "−12",
  })
})

test("what is unknown is a dash", () => {
  const cells = texts(sessionCells(session({ persona: null, user: null, ice_state: "" }), {}, NOW))
  equal([cells.persona, cells.user, cells.ice], ["(deleted)", "(deleted)", "–"])
  equal([cells.fps, cells.kbit_s, cells.rtt_ms, cells.freezes_total, cells.av_offset_ms], ["–", "–", "–", "–", "–"])
})

test("a picture that was is not shown of a session that has none", () => {
  equal(texts(sessionCells(session({ state: "closing" }), media, NOW)).fps, "–")
})

test("a session that closes has neither time left nor silence", () => {
  const { left, quiet } = texts(sessionCells(session({ state: "closing" }), media, NOW))
  equal([left, quiet], ["–", "–"])
})

test("while the avatar speaks, nobody is silent", () => {
  equal(sessionCells(session({ last_activity_at: at(8) }), media, NOW).quiet.text, "0:00")
})

test("a picture that flows is not remarkable", () => {
  equal(marked(sessionCells(session(), media, NOW)), [])
})

const BAD = { fps: 9, rtt_ms: 400, freezes: 1, av_offset_ms: 130 }
for (const [name, value] of Object.entries(BAD)) {
  test(`${name} of ${value} is marked`, () => {
    const shown = name === "freezes" ? "freezes_total" : name
    equal(marked(sessionCells(session(), { ...media, [name]: value }, NOW)), [shown])
  })
}

test("a picture ahead of the sound has a plus", () => {
  equal(sessionCells(session(), { av_offset_ms: 40.2 }, NOW).av_offset_ms.text, "+40")
  equal(sessionCells(session(), { av_offset_ms: -0.4 }, NOW).av_offset_ms.text, "0")
})

test("the last minute and failed connections are marked", () => {
  equal(marked(sessionCells(session({ ends_at: at(59) }), media, NOW)), ["left"])
  equal(marked(sessionCells(session({ ice_state: "failed" }), media, NOW)), ["ice"])
})

const ticket = (changes = {}) => ({
  id: "t1", state: "waiting", persona: "Anna", user: "bob", created_at: at(-30),
  position: 2, waiting: 3, estimated_wait_s: 95, offered_until: null, ...changes,
})

test("a ticket's row says its place, its wait and what is expected", () => {
  equal(texts(ticketCells(ticket(), NOW)), {
    persona: "Anna", user: "bob", state: "Waiting", position: "2", waited: "0:30", expected: "about 1:35",
  })
})

test("an offered seat counts down; an unknown wait is a dash", () => {
  const { state, expected } = texts(ticketCells(ticket({ offered_until: at(14) }), NOW))
  equal([state, expected], ["Seat offered", "0:14 to take it"])
  equal(ticketCells(ticket({ estimated_wait_s: null }), NOW).expected.text, "–")
})

test("idle is who can be used and was silent for longer than is allowed", () => {
  const rows = [
    session({ last_activity_at: at(-31) }),
    session({ last_activity_at: at(-30) }),
    session({ last_activity_at: at(-99), state: "closing" }),
    session({ last_activity_at: at(-99), state: "ready" }),
  ]
  equal(idleCount(rows, 30, NOW), 2)
})

test("the longest wait is that of whoever came first, wherever they stand", () => {
  equal(longestWait([ticket(), ticket({ created_at: at(-61) })], NOW), "1 minute 1 second")
  equal(longestWait([], NOW), "")
})

const account = (changes = {}) => ({
  id: 1, name: "Engine", seat_limit: 3, taken: 1, others: 0, is_enabled: true, is_draining: false,
  failures: 0, resting_until: null, last_problem: "", ...changes,
})
const health = (changes) => accountFacts(account(changes), NOW).health.text

test("an account's health is its gravest fact", () => {
  equal(health({}), "Well")
  equal(health({ failures: 1 }), "Failed once")
  equal(health({ failures: 2 }), "Failed 2 times")
  equal(health({ is_draining: true }), "Draining, 1 left")
  equal(health({ is_draining: true, taken: 0 }), "Drained")
  equal(health({ is_draining: true, failures: 3, resting_until: at(90) }), "Resting, 1:30")
  equal(health({ failures: 3, resting_until: at(-1) }), "To be tried again")
  equal(health({ is_enabled: false, failures: 3, resting_until: at(90) }), "Off")
})

test("seats that others take are counted apart", () => {
  equal(accountFacts(account(), NOW).seats, "1 of 3")
  equal(accountFacts(account({ others: 2 }), NOW).seats, "1 of 3, 2 taken by others")
})

test("an old problem of an account that is well again is not shown", () => {
  equal(accountFacts(account({ last_problem: "?" }), NOW).problem, "")
  equal(accountFacts(account({ last_problem: "No answer.", failures: 1 }), NOW).problem, "No answer.")
})
