/** What a hash costs whoever makes one, in scrypt's terms: N = 2^ln, r and p. */
export type Cost = { ln: number; r: number; p: number }

/** A row of OWASP's table for scrypt (N = 2^14, r = 8, p = 5): 16 MiB a hash, which an isolate's memory allows. */
export const COST: Cost = { ln: 14, r: 8, p: 5 }
