import { fill, gettext } from "frontend/i18n"
import { tellListeners } from "frontend/page/news"
import { controlsFor, part, setText } from "frontend/page/parts"
import { hostOf } from "frontend/session/presentation"

/**
 * What the persona shows beside itself. Whoever has seen enough puts it away; the next
 * thing that is shown comes all the same.
 */
export class ExhibitPanel {
  #shown = null
  #isAway = false

  get actions() {
    return {
      "exhibit-hide": () => this.#putAway(true),
      "exhibit-again": () => this.#putAway(false),
    }
  }

  /** @param {import("frontend/session/presentation").Exhibit|null} exhibit */
  show(exhibit) {
    if (isSame(exhibit, this.#shown)) return
    this.#shown = exhibit
    this.#isAway = false
    if (exhibit) {
      this.#fill(exhibit)
      tellListeners(fill(gettext("Shown beside the stage: {title}."), { title: exhibit.title }))
    }
    this.#show()
  }

  #putAway(isAway) {
    this.#isAway = isAway
    this.#show()
    const next = isAway ? "exhibit-again" : "exhibit-hide"
    controlsFor(next)[0].focus({ preventScroll: true })
  }

  #show() {
    part("exhibit").hidden = !this.#shown || this.#isAway
    const again = controlsFor("exhibit-again")[0]
    again.hidden = !this.#shown || !this.#isAway
    setText(part("exhibit-again-title"), fill(gettext("Show “{title}” again"), { title: this.#shown?.title ?? "" }))
  }

  #fill({ kind, title, alt, url }) {
    setText(part("exhibit-title"), title)
    const isPicture = kind === "image"
    part("exhibit-frame").hidden = !isPicture
    part("exhibit-link").hidden = isPicture
    if (isPicture) this.#fillPicture(url, alt)
    else this.#fillLink(url, alt || gettext("Open the link"))
  }

  #fillPicture(url, alt) {
    part("exhibit-frame").href = url
    const picture = part("exhibit-picture")
    picture.removeAttribute("src") // the one before must not stand under the new title
    picture.alt = alt
    picture.src = url
  }

  /** The server lets only web addresses pass; here no other is made a link, either. */
  #fillLink(url, words) {
    const host = hostOf(url)
    const link = part("exhibit-link")
    if (host) link.href = url
    else link.removeAttribute("href")
    setText(part("exhibit-link-words"), words)
    setText(part("exhibit-host"), host)
  }
}

function isSame(one, other) {
  return one?.name === other?.name && one?.url === other?.url
}
