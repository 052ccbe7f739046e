/** Marks in the page's own navigation where one is. */

/** @param {HTMLElement} nav with links to sections of this page */
export function followSections(nav) {
  const links = new Map(
    [...nav.querySelectorAll("a")].map((link) => [document.querySelector(link.hash), link]),
  )
  const seen = new Set()
  const observer = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) seen.add(target)
      else seen.delete(target)
    }
    const here = [...links.keys()].find((section) => seen.has(section))
    if (!here) return
    for (const [section, link] of links) {
      if (section === here) link.setAttribute("aria-current", "true")
      else link.removeAttribute("aria-current")
    }
  }, { rootMargin: "0px 0px -60% 0px" })
  for (const section of links.keys()) observer.observe(section)
}
