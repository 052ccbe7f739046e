/** The page of a key: its lines can be copied. */
import { gettext } from "frontend/i18n"
import { controlsFor, letKeysWork, part, setText } from "frontend/page/parts"

const snippet = document.querySelector("#snippet")

for (const button of controlsFor("copy")) button.addEventListener("click", () => copy())
snippet.addEventListener("focus", () => snippet.select())
letKeysWork()

async function copy() {
  setText(part("copied"), "") // so that a second time is news as well
  try {
    await navigator.clipboard.writeText(snippet.value)
    setText(part("copied"), gettext("Copied."))
  } catch {
    snippet.focus()
    setText(part("copied"), gettext("Press Ctrl + C to copy."))
  }
}
