/** The gallery: it is searched while one types. */
import { LiveSearch } from "frontend/page/live-search"

const form = document.querySelector("#gallery-search")

if (form) {
  new LiveSearch({
    form,
    results: document.querySelector("#gallery-results"),
    count: document.querySelector("#gallery-count"),
    fetch: (...request) => fetch(...request),
  })
}
