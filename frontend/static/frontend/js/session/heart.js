/**
 * A rhythm that a hidden tab keeps. Browsers slow the timers of a page that nobody looks at,
 * down to one a minute, and who waits in line looks elsewhere; those of a worker go on.
 */

/**
 * Call `does` every `periodMs` until the function that is returned is called.
 *
 * @param {number} periodMs
 * @param {() => void} does
 */
export function every(periodMs, does) {
  let stop = inWorker(periodMs, does, () => (stop = inPage(periodMs, does)))
  return () => stop()
}

function inWorker(periodMs, does, otherwise) {
  let worker
  try {
    worker = new Worker(import.meta.resolve("frontend/session/heart-worker"))
  } catch {
    return inPage(periodMs, does)
  }
  worker.onmessage = () => does()
  worker.onerror = () => {
    worker.terminate()
    otherwise()
  }
  worker.postMessage(periodMs)
  return () => worker.terminate()
}

function inPage(periodMs, does) {
  const timer = setInterval(does, periodMs)
  return () => clearInterval(timer)
}
