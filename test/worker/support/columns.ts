import { type Column, getTableColumns, type Table } from 'drizzle-orm'

let counter = 0

/** A value that no other column has, and that is not the column's default. */
function valueFor(column: Column): unknown {
  counter += 1
  const text = () => (column.getSQLType() === 'uuid' ? crypto.randomUUID() : `${column.name} ${counter}`)
  const values: Partial<Record<string, () => unknown>> = {
    number: () => 10_000 + counter,
    boolean: () => column.default !== true,
    date: () => new Date(Date.UTC(2031, 0, 1, 0, counter)),
    json: () => ({ [column.name]: counter }),
    string: text,
    array: () => [text()],
  }
  const value = values[column.dataType]
  if (value === undefined) throw new Error(`no value for ${column.name}, which is ${column.getSQLType()}`)
  return value()
}

export const columnsOf = (table: Table, without: object = {}): string[] =>
  Object.keys(getTableColumns(table)).filter((name) => !(name in without))

/** A distinct value for every column of the table except `without`; those in `fixed` are as given. */
export const rowFor = (table: Table, without: object, fixed: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(getTableColumns(table))
      .filter(([name]) => !(name in without))
      .map(([name, column]) => [name, name in fixed ? fixed[name] : valueFor(column)]),
  )

export const leaveOut = (row: object, ...names: string[]): Record<string, unknown> =>
  Object.fromEntries(Object.entries(row).filter(([name]) => !names.includes(name)))
