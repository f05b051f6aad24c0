/** Which prices count: those in this currency (ISO 4217 in lower case) that hold at this moment. */
export type PriceMoment = { currency: string; now: Date }
