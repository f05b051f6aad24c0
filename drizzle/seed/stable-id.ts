import { createHash } from 'node:crypto'
import { v7 } from 'uuid'

/**
 * The same id for the same name and moment on every machine, so that seeding again finds its own rows. It has the form
 * of a UUIDv7 of that moment: lists sort by id, and a sample product must not stand before one made later.
 */
export function stableId(name: string, moment: string): string {
  const random = createHash('sha256').update(`mercat-seed:${name}`).digest().subarray(0, 16)
  return v7({ msecs: Date.parse(moment), random })
}
