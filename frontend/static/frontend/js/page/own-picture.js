/** A picture of the viewer's own, made small enough to be kept in their browser. */

const LONGER_SIDE_PX = 1_600
const MAX_FILE_BYTES = 30_000_000
/** As characters of a data URL: browsers give a site some five million in all. */
const MAX_CHARS = 1_500_000

/** @param {File} file @returns {Promise<string>} a data URL; rejects when it is no picture */
export async function smallPicture(file) {
  if (file.size > MAX_FILE_BYTES) throw new RangeError("The file is too large")
  const picture = await createImageBitmap(file)
  try {
    for (const most of [LONGER_SIDE_PX, LONGER_SIDE_PX / 2]) {
      const made = await encoded(picture, most)
      if (made.length <= MAX_CHARS) return made
    }
  } finally {
    picture.close()
  }
  throw new RangeError("The picture is too large")
}

async function encoded(picture, most) {
  const scale = Math.min(1, most / Math.max(picture.width, picture.height))
  const canvas = document.createElement("canvas")
  canvas.width = Math.max(1, Math.round(picture.width * scale))
  canvas.height = Math.max(1, Math.round(picture.height * scale))
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height)
  return canvas.toDataURL("image/webp", 0.82)
}
