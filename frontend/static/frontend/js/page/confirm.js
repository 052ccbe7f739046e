import { part, setText } from "frontend/page/parts"

/**
 * Ask before something that cannot be undone, in the page's `data-part="confirm"` dialog.
 *
 * @param {{title: string, words: string, verb: string, option?: string}} question
 *   `option` is the text of a further choice; without it there is none
 * @returns {Promise<{agreed: boolean, chosen: boolean}>}
 */
export function confirmed({ title, words, verb, option = "" }) {
  const dialog = part("confirm")
  const choice = part("confirm-option", dialog)
  setText(part("confirm-title", dialog), title)
  setText(part("confirm-words", dialog), words)
  setText(part("confirm-verb", dialog), verb)
  setText(part("confirm-option-text", dialog), option)
  choice.hidden = !option
  choice.querySelector("input").checked = false
  dialog.returnValue = ""
  dialog.showModal()
  return new Promise((answer) => {
    dialog.addEventListener(
      "close",
      () => {
        const agreed = dialog.returnValue === "yes"
        answer({ agreed, chosen: agreed && choice.querySelector("input").checked })
      },
      { once: true },
    )
  })
}
