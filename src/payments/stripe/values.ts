/** The id of an object that another one references, by id or, if it was expanded, as a whole. */
export const idOf = (reference: string | { id: string } | null | undefined): string | null =>
  typeof reference === 'string' ? reference : (reference?.id ?? null)

/** The referenced object if it was expanded; null for an id. */
export const wholeOf = <T extends object>(reference: string | T | null | undefined): T | null =>
  typeof reference === 'object' ? reference : null

/** Stripe counts in whole seconds since the epoch. */
export const toSeconds = (date: Date): number => Math.floor(date.getTime() / 1_000)

export const toDate = (seconds: number): Date => new Date(seconds * 1_000)
