/** A move of something that has a status. `from` names the statuses that it leaves; 'new' is what is not there yet. */
export type Transition<Status extends string> = {
  from: readonly (Status | 'new')[]
  to: Status
  /** On whose word it happens. */
  word: string
  /** What happens with it, in the same transaction unless it says otherwise. */
  effect: string
  /** Who makes it: functions of the database and of the code, by name. */
  by: string
}

/** The statuses from which something may come to `to`. */
export const sourcesOf = <Status extends string>(table: readonly Transition<Status>[], to: Status): Status[] => [
  ...new Set(
    table
      .filter((each) => each.to === to)
      .flatMap(({ from }) => from)
      .filter((from): from is Status => from !== 'new'),
  ),
]

/** Whether the table has this move. Staying as it is is no move. */
export const isMove = <Status extends string>(
  table: readonly Transition<Status>[],
  from: Status | 'new',
  to: Status,
): boolean => table.some((each) => each.to === to && each.from.includes(from))

/** Statuses as the text of a list for SQL's `IN`. */
export const inText = (statuses: readonly string[]): string =>
  `(${statuses.map((status) => `'${status.replaceAll("'", "''")}'`).join(', ')})`
