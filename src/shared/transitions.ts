/** A move from one status to another; `from: 'new'` creates the row. */
export type Transition<Status extends string> = {
  from: readonly (Status | 'new')[]
  to: Status
  /** Whose decision or message brings it about. */
  word: string
  /** What else happens, in the same transaction unless it says otherwise. */
  effect: string
  /** The functions that make the move, in the database and in TypeScript. */
  by: string
}

/** The statuses from which a move leads to `to`. */
export const sourcesOf = <Status extends string>(table: readonly Transition<Status>[], to: Status): Status[] => [
  ...new Set(
    table
      .filter((each) => each.to === to)
      .flatMap(({ from }) => from)
      .filter((from): from is Status => from !== 'new'),
  ),
]

/** Whether the table has this move. Keeping a status is not a move. */
export const isMove = <Status extends string>(
  table: readonly Transition<Status>[],
  from: Status | 'new',
  to: Status,
): boolean => table.some((each) => each.to === to && each.from.includes(from))

/** The statuses as the text of a list for SQL's `IN`. */
export const inText = (statuses: readonly string[]): string =>
  `(${statuses.map((status) => `'${status.replaceAll("'", "''")}'`).join(', ')})`
