/**
 * What scripts say, in English: nothing has to be looked up. For other languages the page's
 * import map puts the server's module of the same shape in this one's place.
 */
export const catalogue = {}

export const plural = (n) => (n === 1 ? 0 : 1)
