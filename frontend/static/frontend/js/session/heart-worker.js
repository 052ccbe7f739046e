/** Told a period in milliseconds, answers that often; see `heart.js`. */
onmessage = ({ data: periodMs }) => setInterval(() => postMessage(null), periodMs)
