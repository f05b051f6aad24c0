/** The cost parameters of scrypt: N = 2^ln, r and p. */
export type Cost = { ln: number; r: number; p: number }

/** One of the settings that OWASP recommends for scrypt; it takes 16 MiB a hash, which fits into an isolate. */
export const COST: Cost = { ln: 14, r: 8, p: 5 }
