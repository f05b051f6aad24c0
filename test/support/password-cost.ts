import type { Cost } from '../../src/features/passwords/password-cost.ts'

/** Takes the place of the Worker's own in its tests, most of whose time would go into hashing. */
export const COST: Cost = { ln: 4, r: 8, p: 1 }
