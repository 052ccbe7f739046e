/** The connection doctor: its steps, one after the other, and what is shown of them. */
import {
  aboutAccounts,
  aboutAddress,
  aboutBrowser,
  aboutFailure,
  aboutMedia,
  aboutMicrophone,
  aboutRelay,
  aboutSeat,
  aboutSocket,
  aboutWays,
  countedServers,
  countedWays,
  report,
  RESULTS,
  TITLES,
  verdict,
} from "frontend/doctor/advice"
import { Trial } from "frontend/doctor/media"
import { listen, openSocket } from "frontend/doctor/senses"
import { gather } from "frontend/doctor/ways"
import { gettext } from "frontend/i18n"
import { controlsFor, part, setText } from "frontend/page/parts"
import { Api } from "frontend/session/api"
import { socketUrl } from "frontend/session/socket"

const facts = JSON.parse(document.querySelector("#facts").textContent)
const csrfToken = new FormData(part("token")).get("csrfmiddlewaretoken")
const api = new Api({ fetch: (...request) => fetch(...request), csrfToken })
const trial = new Trial(api)

const hasPeers = "RTCPeerConnection" in globalThis

/** In this order: the later ones stand on the earlier. Each answers with a finding. */
const STEPS = {
  secure: () => aboutAddress({ isSecure: isSecureContext, isHttps: location.protocol === "https:" }),
  webrtc: () => aboutBrowser({ hasPeers, codecs: hasPeers ? videoCodecs() : [] }),
  microphone: async () => aboutMicrophone({ ...(await listen()), hasTranscription: facts.hasTranscription }),
  socket: async () => aboutSocket(await openSocket((id) => socketUrl(id, location))),
  seat: async () => aboutSeat(await takeSeat()),
  ice: async () => {
    if (!hasPeers) return notTried()
    return aboutWays({ ...countedWays(await gather(trial.iceServers)), ...countedServers(trial.iceServers) })
  },
  turn: async () => {
    const { turn } = countedServers(trial.iceServers)
    const types = turn && hasPeers ? await gather(trial.iceServers, { relayOnly: true }) : []
    return aboutRelay({ turn, relay: countedWays(types).relay })
  },
  media: async () => (trial.isOpen && hasPeers ? aboutMedia(await trial.run(part("video"))) : notTried()),
  ...(facts.isStaff && { accounts: async () => aboutAccounts(await accounts()) }),
}

let done = []

function videoCodecs() {
  const { codecs } = RTCRtpReceiver.getCapabilities("video") ?? { codecs: [] }
  return [...new Set(codecs.map(({ mimeType }) => mimeType.split("/")[1]))]
}

function notTried() {
  return { state: "skipped", words: gettext("Not tried, because of what stands above.") }
}

async function takeSeat() {
  if (!facts.persona) return { code: "no_persona", message: "" }
  try {
    await trial.open(facts.persona)
    return null
  } catch (problem) {
    return problem
  }
}

async function accounts() {
  const url = document.querySelector("#doctor").dataset.accountsUrl
  const answer = await fetch(url, { method: "POST", headers: { "X-CSRFToken": csrfToken } })
  return (await answer.json()).data.accounts
}

async function examine() {
  const key = controlsFor("examine")[0]
  key.disabled = true
  controlsFor("copy-report")[0].disabled = true
  setText(part("verdict"), "")
  done = []
  list()
  for (const [id, step] of Object.entries(STEPS)) {
    show(id, { state: "running", words: "" })
    const finding = await Promise.resolve()
      .then(step)
      .catch((error) => aboutFailure(error.message))
    if (id === "media") await trial.close()
    done.push({ id, finding })
    show(id, finding)
    part("progress").value = done.length / Object.keys(STEPS).length
  }
  setText(part("verdict"), verdict(done.map(({ finding }) => finding)))
  setText(part("examine-text"), gettext("Run it again"))
  key.disabled = false
  controlsFor("copy-report")[0].disabled = false
}

async function copyReport() {
  const where = { browser: navigator.userAgent, at: new Date().toISOString(), site: location.origin }
  await navigator.clipboard.writeText(report(done, where))
  setText(part("copy-text"), gettext("Copied"))
  setTimeout(() => setText(part("copy-text"), gettext("Copy the report")), 2_000)
}

function list() {
  part("progress").value = 0
  part("steps").replaceChildren(...Object.keys(STEPS).map((id) => row(id, { state: "waiting", words: "" })))
}

function show(id, finding) {
  document.querySelector(`#step-${id}`).replaceWith(row(id, finding))
}

function row(id, { state, words, advice = "" }) {
  const item = element("li", "doctor-step")
  item.id = `step-${id}`
  item.dataset.state = state
  item.append(element("h2", "", TITLES[id]), element("span", "doctor-result", RESULTS[state]))
  for (const line of words.split("\n").filter(Boolean)) item.append(element("p", "doctor-words", line))
  if (advice) item.append(element("p", "doctor-advice", advice))
  return item
}

function element(tag, className, text = "") {
  const made = document.createElement(tag)
  if (className) made.className = className
  made.textContent = text
  return made
}

controlsFor("examine")[0].addEventListener("click", examine)
controlsFor("copy-report")[0].addEventListener("click", copyReport)
controlsFor("examine")[0].disabled = false
list()
addEventListener("pagehide", () => trial.close())
