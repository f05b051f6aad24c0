import type { Cost } from '../../src/features/passwords/password-cost.ts'

/** Replaces the Worker's own cost in its tests, which would spend most of their time on hashing. */
export const COST: Cost = { ln: 4, r: 8, p: 1 }
