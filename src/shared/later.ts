/** The moment `ms` milliseconds after `moment`; before it, if they are negative. */
export const later = (moment: Date, ms: number): Date => new Date(moment.getTime() + ms)
