import { fillSelect, part } from "frontend/page/parts"
import { remember } from "frontend/page/preferences"

/**
 * Which loudspeaker plays the avatar, where the browser lets a page choose. Called anew it
 * lists those there are now.
 *
 * @param {HTMLMediaElement} media
 * @param {string} preferred  the id of the one that was chosen before
 */
export async function offerLoudspeakers(media, preferred) {
  if (!("setSinkId" in media) || !navigator.mediaDevices?.enumerateDevices) return
  const select = document.querySelector("#speaker")
  part("speaker-field").hidden = false
  const found = await loudspeakers()
  fillSelect(select, found)
  part("speaker-help").hidden = found.length > 0
  select.value = found.some(({ value }) => value === preferred) ? preferred : ""
  await play(media, select.value)
  select.onchange = () => {
    remember({ speaker: select.value })
    play(media, select.value)
  }
}

async function loudspeakers() {
  const devices = await navigator.mediaDevices.enumerateDevices()
  return devices
    .filter(({ kind, label, deviceId }) => kind === "audiooutput" && label && deviceId !== "default")
    .map(({ deviceId, label }) => ({ value: deviceId, text: label }))
}

/** One that was unplugged meanwhile leaves the choice to the browser. */
async function play(media, id) {
  if (media.sinkId === id) return
  await media.setSinkId(id).catch(() => media.setSinkId("").catch(() => {}))
}
