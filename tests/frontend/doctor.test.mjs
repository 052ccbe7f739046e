import {
  aboutAccounts,
  aboutAddress,
  aboutBrowser,
  aboutMedia,
  aboutMicrophone,
  aboutRelay,
  aboutSeat,
  aboutSocket,
  aboutWays,
  countedServers,
  countedWays,
  report,
  verdict,
} from "frontend/doctor/advice"
import { equal, ok, test } from "tests/runner"

const state = (finding) => finding.state
const MICROPHONE = { trouble: "", count: 1, level: 0.2, hasTranscription: true }
const MEDIA = { ice: "connected", frames: 40, heard: 9000, rttMs: 12, relayed: false }
const WAYS = { host: 2, srflx: 0, relay: 0, stun: 0, turn: 0 }

test("an address is good over HTTPS, and from this machine itself", () => {
  equal(state(aboutAddress({ isSecure: true, isHttps: true })), "ok")
  equal(state(aboutAddress({ isSecure: true, isHttps: false })), "ok")
  const bad = aboutAddress({ isSecure: false, isHttps: false })
  equal(bad.state, "failed")
  ok(bad.advice.includes("https://"), "a way out")
})

test("a browser needs WebRTC and one of our codecs", () => {
  equal(state(aboutBrowser({ hasPeers: true, codecs: ["VP8", "rtx"] })), "ok")
  equal(state(aboutBrowser({ hasPeers: true, codecs: ["AV1"] })), "failed")
  equal(state(aboutBrowser({ hasPeers: false, codecs: [] })), "failed")
})

test("without a microphone one still types, so that is no failure", () => {
  for (const trouble of ["denied", "no-device", "in-use", "insecure", "unsupported"]) {
    const finding = aboutMicrophone({ ...MICROPHONE, trouble })
    equal([trouble, finding.state], [trouble, "warning"])
    ok(finding.advice, "advice")
  }
})

test("a microphone that hears nothing at all is probably muted", () => {
  equal(state(aboutMicrophone(MICROPHONE)), "ok")
  ok(aboutMicrophone({ ...MICROPHONE, level: 0 }).advice.includes("muted"), "muted")
  equal(state(aboutMicrophone({ ...MICROPHONE, hasTranscription: false })), "warning")
})

test("a websocket opens or does not", () => {
  equal(state(aboutSocket({ opened: true, tookMs: 12, code: 4404 })), "ok")
  equal(state(aboutSocket({ opened: false, tookMs: 0, code: 1006 })), "failed")
})

test("without a free seat nothing is wrong; other refusals are the server's", () => {
  equal(state(aboutSeat(null)), "ok")
  equal(state(aboutSeat({ code: "no_seat", message: "Full." })), "skipped")
  equal(state(aboutSeat({ code: "upstream_unreachable", message: "Away." })), "failed")
})

test("ways are counted by their kind, servers by theirs", () => {
  equal(countedWays(["host", "host", "srflx", "relay"]), { host: 2, srflx: 1, relay: 1 })
  const servers = [{ urls: "stun:a" }, { urls: ["turn:b?transport=udp", "turns:b"] }]
  equal(countedServers(servers), { stun: 1, turn: 2 })
})

test("ways: none is a failure, a silent STUN server a warning", () => {
  equal(state(aboutWays(WAYS)), "ok")
  equal(state(aboutWays({ ...WAYS, host: 0 })), "failed")
  equal(state(aboutWays({ ...WAYS, stun: 1 })), "warning")
})

test("a relay is tried where there is one", () => {
  equal(state(aboutRelay({ turn: 0, relay: 0 })), "skipped")
  equal(state(aboutRelay({ turn: 1, relay: 1 })), "ok")
  equal(state(aboutRelay({ turn: 1, relay: 0 })), "failed")
})

test("media are judged by what arrived", () => {
  equal(state(aboutMedia(MEDIA)), "ok")
  equal(state(aboutMedia({ ...MEDIA, ice: "failed" })), "failed")
  equal(state(aboutMedia({ ...MEDIA, frames: 0 })), "warning")
  equal(state(aboutMedia({ ...MEDIA, heard: 0 })), "warning")
  equal(state(aboutMedia({ ...MEDIA, frames: 0, heard: 0 })), "failed")
  equal(state(aboutMedia({ ...MEDIA, relayed: true })), "warning")
  equal(state(aboutMedia({ ...MEDIA, rttMs: 700 })), "warning")
})

test("accounts: all, some or none answer", () => {
  const good = { name: "Engine", code: "", ms: 4 }
  const bad = { name: "Cloud", code: "upstream_unauthorized" }
  equal([[good], [good, bad], [bad], []].map((rows) => aboutAccounts(rows).state), ["ok", "warning", "failed", "failed"])
})

test("the verdict names the worst there is", () => {
  const of = (...states) => verdict(states.map((one) => ({ state: one, words: "" })))
  equal(of("ok", "skipped"), "Everything that was tried works.")
  ok(of("ok", "warning").startsWith("It works; 1 thing"), "a warning")
  ok(of("failed", "warning").startsWith("1 thing does not work"), "a failure")
})

test("the report has results and advice, a line each", () => {
  const finding = { state: "failed", words: "The websocket does not open (1006).", advice: "Try another network." }
  const text = report([{ id: "socket", finding }], { browser: "Tester 1", at: "2026-01-01", site: "https://g.example" })
  equal(text.split("\n"), [
    "Greenroom, https://g.example, 2026-01-01",
    "Tester 1",
    "",
    "[Does not work] Connection to this site: The websocket does not open (1006).",
    "    Try another network.",
  ])
})
