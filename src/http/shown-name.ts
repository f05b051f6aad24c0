const PLAIN_NAME = /^[\w.[\]-]{1,64}$/

/** The name of a field as an answer may repeat it. Whatever else stands in its place is the caller's own text: `?`. */
export const shownName = (name: string): string => (PLAIN_NAME.test(name) ? name : '?')
