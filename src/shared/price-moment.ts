/** Which prices apply: those in this currency (ISO 4217, lower case) at this moment. */
export type PriceMoment = { currency: string; now: Date }
