/**
 * The few words that tests of pure modules need. They run in Chromium, the browser that the
 * product runs in, so no second JavaScript engine has to be installed; see test_modules.py.
 */

const tests = []

/** Register one test; its name is a sentence that is true while it passes. */
export function test(name, body) {
  tests.push({ name, body })
}

/** Run what was registered; the failures, each as "name: reason". */
export async function runAll() {
  const failures = []
  for (const { name, body } of tests) {
    try {
      await body()
    } catch (error) {
      failures.push(`${name}: ${error.message}`)
    }
  }
  return { count: tests.length, failures }
}

/** Equal in structure, as JSON shows it. */
export function equal(actual, expected) {
  const [have, want] = [actual, expected].map(shown)
  if (have !== want) throw new Error(`expected ${want}, got ${have}`)
}

export function ok(value, what = "value") {
  if (!value) throw new Error(`expected ${what} to be true, got ${shown(value)}`)
}

function shown(value) {
  return JSON.stringify(value, (_, inner) => {
    if (inner === undefined) return "(undefined)"
    return inner instanceof Map ? [...inner] : inner
  })
}
