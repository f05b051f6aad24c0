const PLAIN_NAME = /^[\w.[\]-]{1,64}$/

/** The name of a field as an answer may repeat it; `?` for anything that does not look like a name. */
export const shownName = (name: string): string => (PLAIN_NAME.test(name) ? name : '?')
