"""A studio page in a live session, which also listens to what it receives."""

from playwright.async_api import Browser, Page

# Keeps what the page's socket tells, and hears what its connection brings, before anything
# mutes it; changes neither.
_WATCH = """
window.bench = { frames: [] }
window.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(...given) {
    super(...given)
    this.addEventListener("track", ({ track, streams }) => {
      if (track.kind === "audio") listen(streams[0])
    })
  }
}
window.WebSocket = class extends WebSocket {
  constructor(...given) {
    super(...given)
    bench.socket = this
    bench.session = String(given[0]).match(/sessions\\/([^/]+)/)?.[1]
    this.addEventListener("message", ({ data }) => bench.frames.push(JSON.parse(data)))
  }
}
function listen(stream) {
  const context = new AudioContext()
  const analyser = new AnalyserNode(context, { fftSize: 256 })
  context.createMediaStreamSource(stream).connect(analyser)
  const samples = new Float32Array(256)
  bench.loudness = () => {
    analyser.getFloatTimeDomainData(samples)
    return Math.max(...samples.map(Math.abs))
  }
}
bench.send = (message) => bench.socket.send(JSON.stringify(message))
bench.until = (holds) => new Promise((done) => {
  const timer = setInterval(() => {
    if (!holds()) return
    clearInterval(timer)
    done(performance.now())
  }, 2)
})
// Since when it has been quiet, once that has lasted for a while.
bench.quiet = async (forMs = 400) => {
  let since = performance.now()
  await bench.until(() => {
    if (bench.loudness() > 0.003) since = performance.now()
    return performance.now() - since > forMs
  })
  return since
}
"""

#: Be silent, and return when nothing is left to hear.
HUSH = """
async () => {
  bench.send({ type: "interrupt" })
  await bench.quiet()
}
"""


async def listening_page(browser: Browser, url: str, name: str, password: str) -> Page:
    """A page in a live session of its own; `bench` is what scripts there find."""
    page = await browser.new_page()
    await page.add_init_script(_WATCH)
    await page.goto(f"{url}/accounts/login/?next=/studio/")
    await page.locator("[name=login]").fill(name)
    await page.locator("[name=password]").fill(password)
    await page.locator("main [type=submit]").click()
    await page.locator("#voice option").nth(1).wait_for(state="attached")
    await page.locator("[data-do=new]").click()
    await page.locator("avatar-stage[phase=ready]").wait_for()
    await page.locator("[data-do=start]").click()
    await page.locator("avatar-stage[phase=live]").wait_for()
    return page
