import { type SQL, sql } from 'drizzle-orm'
import { inText } from '../shared/transitions.ts'

/** Statuses as a list for `IN`. They are literals and not parameters, so that the planner can use partial indexes. */
export const listOf = (statuses: readonly string[]): SQL => sql.raw(inText(statuses))
