/** An object of Stripe's stands in another as its id, or whole where it was asked for. */
export const idOf = (reference: string | { id: string } | null | undefined): string | null =>
  typeof reference === 'string' ? reference : (reference?.id ?? null)

/** The object where it was asked for; null for a mere id. */
export const wholeOf = <T extends object>(reference: string | T | null | undefined): T | null =>
  typeof reference === 'object' ? reference : null

/** Stripe counts in whole seconds since the epoch. */
export const toSeconds = (date: Date): number => Math.floor(date.getTime() / 1_000)

export const toDate = (seconds: number): Date => new Date(seconds * 1_000)
