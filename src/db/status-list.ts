import { type SQL, sql } from 'drizzle-orm'
import { inText } from '../shared/transitions.ts'

/** Statuses as a list for `IN`. They stand in the text itself, where the planner sees which partial index they fit. */
export const listOf = (statuses: readonly string[]): SQL => sql.raw(inText(statuses))
