/** What a finding means, and what to do about it: pure, one function for each step. */
import { fill, gettext, ngettext } from "frontend/i18n"

/** @typedef {"ok"|"warning"|"failed"|"skipped"} State */
/** @typedef {{state: State, words: string, advice?: string}} Finding */

export const TITLES = {
  secure: gettext("Secure address"),
  webrtc: gettext("This browser"),
  microphone: gettext("Microphone"),
  socket: gettext("Connection to this site"),
  seat: gettext("A seat to try it with"),
  ice: gettext("Ways for sound and picture"),
  turn: gettext("Relay server"),
  media: gettext("Sound and picture"),
  accounts: gettext("Avatar servers"),
}

export const RESULTS = {
  waiting: gettext("To come"),
  running: gettext("Looking…"),
  ok: gettext("Fine"),
  warning: gettext("Could be better"),
  failed: gettext("Does not work"),
  skipped: gettext("Not tried"),
}

/** @param {{isSecure: boolean, isHttps: boolean}} found @returns {Finding} */
export function aboutAddress({ isSecure, isHttps }) {
  if (isHttps && isSecure) return ok(gettext("The page comes over HTTPS."))
  if (isSecure) return ok(gettext("The page comes from this machine itself; browsers trust that without HTTPS."))
  return failed(
    gettext("The page does not come over HTTPS, so browsers give it no microphone."),
    gettext("Open the site by its https:// address. If it has none, its staff can put it behind a server with a certificate; the README says how."),
  )
}

/** @param {{hasPeers: boolean, codecs: string[]}} found @returns {Finding} */
export function aboutBrowser({ hasPeers, codecs }) {
  if (!hasPeers) {
    return failed(
      gettext("This browser has no WebRTC, which carries sound and picture; or it was switched off."),
      gettext("Take a current Chrome, Edge, Firefox or Safari. Some extensions for privacy switch WebRTC off: allow it for this site."),
    )
  }
  const video = ["VP8", "H264"].filter((name) => codecs.includes(name))
  if (!video.length) {
    return failed(gettext("It has WebRTC, but can show neither VP8 nor H.264 video."), gettext("Take another browser."))
  }
  return ok(fill(gettext("It has WebRTC, and can show {codecs}."), { codecs: video.join(", ") }))
}

const MICROPHONE = {
  insecure: gettext("Browsers allow a microphone on https:// addresses and on localhost only."),
  unsupported: gettext("This browser gives pages no microphone."),
  denied: gettext("The microphone is not allowed for this site."),
  "no-device": gettext("No microphone was found."),
  "in-use": gettext("The microphone cannot be opened; another program may have it."),
}
const MICROPHONE_ADVICE = {
  insecure: gettext("Open the site by its https:// address. Typing works in any case."),
  unsupported: gettext("Take a current Chrome, Edge, Firefox or Safari. Typing works in any case."),
  denied: gettext("Press the sign before the address, allow the microphone, and run this again. Typing works in any case."),
  "no-device": gettext("Plug one in, or switch it on, and run this again. Typing works in any case."),
  "in-use": gettext("Close other programs that use it, calls for example, and run this again."),
}

/**
 * @param {{trouble: string, count: number, level: number, hasTranscription: boolean}} found
 *   `level` is the loudest that was heard, 0 to 1
 * @returns {Finding}
 */
export function aboutMicrophone({ trouble, count, level, hasTranscription }) {
  if (trouble) return warning(MICROPHONE[trouble] ?? MICROPHONE.unsupported, MICROPHONE_ADVICE[trouble] ?? "")
  const words = fill(
    ngettext("It can be opened ({n} device); the loudest that was heard is {level} %.", "It can be opened ({n} devices); the loudest that was heard is {level} %.", count),
    { n: count, level: Math.round(level * 100) },
  )
  if (level <= SILENCE) {
    return warning(words, gettext("It gives perfect silence, as one does that is muted. Look for a switch on it, or choose another in the studio."))
  }
  if (!hasTranscription) {
    return warning(words, gettext("Nobody writes down what you say on this site yet, so the studio cannot use it. Its staff can connect a service."))
  }
  return ok(words)
}

/** Below this not even a quiet room is heard. */
const SILENCE = 0.0005

/** @param {{opened: boolean, tookMs: number, code: number}} found @returns {Finding} */
export function aboutSocket({ opened, tookMs, code }) {
  if (opened) return ok(fill(gettext("The websocket opens, after {ms} ms."), { ms: Math.round(tookMs) }))
  return failed(
    fill(gettext("The websocket does not open ({code})."), { code: code || gettext("no answer") }),
    gettext("Something between you and the site lets pages through, but no websockets: a proxy or a virus scanner on your side, or a web server in front of the site that does not pass “Upgrade” on. Try another network first; the README says what the server needs."),
  )
}

/** @param {{code: string, message: string}|null} problem @returns {Finding} */
export function aboutSeat(problem) {
  if (!problem) return ok(gettext("A seat was free, and is given back right after."))
  const { code, message } = problem
  if (code === "no_persona") return skipped(gettext("There is no persona to try it with."))
  const isFull = ["no_seat", "too_many_sessions", "quota_used_up"].includes(code)
  if (isFull) return skipped(message, gettext("So sound and picture cannot be tried now. Close a conversation of yours, or run this again later."))
  return failed(message, gettext("The avatar server gave no stream. This is not your connection: tell the staff of this site."))
}

/**
 * @param {{host: number, srflx: number, relay: number, stun: number, turn: number}} found
 *   candidates of each kind, and servers that were asked
 * @returns {Finding}
 */
export function aboutWays({ host, srflx, relay, stun, turn }) {
  const words = fill(
    gettext("Found: {host} direct, {srflx} through the router, {relay} through a relay. Asked: {stun} STUN and {turn} TURN servers."),
    { host, srflx, relay, stun, turn },
  )
  if (host + srflx + relay === 0) {
    return failed(words, gettext("The browser offers no way at all: an extension or a rule of your organisation forbids WebRTC to open connections."))
  }
  if (stun && !srflx) {
    return warning(words, gettext("The STUN server gave no answer, so UDP to the outside is probably blocked. Inside of the same network it works all the same."))
  }
  return ok(words)
}

/** @param {{turn: number, relay: number}} found @returns {Finding} */
export function aboutRelay({ turn, relay }) {
  if (!turn) {
    return skipped(
      gettext("No relay server is set up here, so none could be tried."),
      gettext("In networks that block UDP, only a relay helps: the staff can set a TURN server up (ENGINE_TURN)."),
    )
  }
  if (relay) return ok(gettext("The relay server can be reached: it helps where the direct way is blocked."))
  return failed(
    gettext("The relay server cannot be reached, or refuses its name and password."),
    gettext("The network may block it. If it fails for everybody, the staff should look at the TURN server."),
  )
}

/**
 * @param {{ice: string, frames: number, heard: number, rttMs: number, relayed: boolean}} found
 * @returns {Finding}
 */
export function aboutMedia({ ice, frames, heard, rttMs, relayed }) {
  if (!["connected", "completed"].includes(ice)) {
    return failed(
      gettext("No connection for sound and picture came about."),
      gettext("A firewall lets no UDP through. Try without a VPN, or in another network, a phone’s for example. In an organisation, ask for UDP to this site, or for a TURN server."),
    )
  }
  if (!frames && !heard) {
    return failed(gettext("The connection stands, but nothing arrives on it."), gettext("This is the avatar server’s side: tell the staff of this site."))
  }
  if (!frames) {
    return warning(gettext("Sound arrives, and no picture."), gettext("In the studio voice and text go on without a picture. Another browser may show it."))
  }
  const words = fill(gettext("{frames} pictures and sound arrived; the way there and back takes {ms} ms."), { frames, ms: Math.round(rttMs) })
  if (!heard) return warning(gettext("Pictures arrive, and no sound."), gettext("Look whether the tab or the machine is muted."))
  if (relayed) return warning(words, gettext("It goes through a relay, which works, but takes longer than a direct way."))
  if (rttMs > SLOW_MS) return warning(words, gettext("That is a long way: answers and interruptions come late. A network nearer to the site, or a cable instead of Wi-Fi, may help."))
  return ok(words)
}

const SLOW_MS = 300

/** @param {{name: string, code: string, ms?: number}[]} accounts @returns {Finding} */
export function aboutAccounts(accounts) {
  if (!accounts.length) {
    return failed(gettext("No avatar account is switched on."), gettext("Add or enable one in the admin, under Accounts."))
  }
  const words = accounts
    .map(({ name, code, ms }) =>
      code
        ? fill(gettext("{name}: does not answer as it should ({code})"), { name, code })
        : fill(gettext("{name}: answers after {ms} ms"), { name, ms }),
    )
    .join("\n")
  const bad = accounts.filter(({ code }) => code).length
  if (!bad) return ok(words)
  const advice = gettext("Is it running, and are its address and key right? Both stand in the admin, under Accounts.")
  return bad === accounts.length ? failed(words, advice) : warning(words, advice)
}

/** Something went wrong that no step foresees. @returns {Finding} */
export function aboutFailure(message) {
  return failed(message, gettext("Run it again. If it stays so, send the report to the staff of this site."))
}

/** All of it in a sentence. @param {Finding[]} findings */
export function verdict(findings) {
  const count = (state) => findings.filter((one) => one.state === state).length
  const bad = count("failed")
  if (bad) return fill(ngettext("{n} thing does not work; what to do is said with it.", "{n} things do not work; what to do is said with each.", bad), { n: bad })
  const middling = count("warning")
  if (middling) return fill(ngettext("It works; {n} thing could be better.", "It works; {n} things could be better.", middling), { n: middling })
  return gettext("Everything that was tried works.")
}

/**
 * The report as text: results and words, no address of anybody and no key.
 *
 * @param {{id: string, finding: Finding}[]} steps
 * @param {{browser: string, at: string, site: string}} where
 */
export function report(steps, { browser, at, site }) {
  const lines = steps.flatMap(({ id, finding: { state, words, advice } }) => [
    `[${RESULTS[state]}] ${TITLES[id]}: ${words.replaceAll("\n", "; ")}`,
    ...(advice ? [`    ${advice}`] : []),
  ])
  return [`Greenroom, ${site}, ${at}`, browser, "", ...lines].join("\n")
}

/** How many candidates there are of each kind. @param {string[]} types */
export function countedWays(types) {
  const of = (kind) => types.filter((type) => type === kind).length
  return { host: of("host"), srflx: of("srflx") + of("prflx"), relay: of("relay") }
}

/** How many servers of each kind are asked. @param {{urls: string|string[]}[]} servers */
export function countedServers(servers) {
  const urls = servers.flatMap(({ urls: given }) => given ?? [])
  const of = (scheme) => urls.filter((url) => new RegExp(`^${scheme}s?:`, "i").test(url)).length
  return { stun: of("stun"), turn: of("turn") }
}

function ok(words) {
  return { state: "ok", words }
}

function warning(words, advice = "") {
  return { state: "warning", words, advice }
}

function failed(words, advice = "") {
  return { state: "failed", words, advice }
}

function skipped(words, advice = "") {
  return { state: "skipped", words, advice }
}
