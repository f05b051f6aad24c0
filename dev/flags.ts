import { parseArgs } from 'node:util'
import type { ParseArgsConfig } from 'node:util'

/** The flags of a command, as `parseArgs` reads them. Ends the process with a one-line message for an unknown flag. */
export function readFlags<const T extends NonNullable<ParseArgsConfig['options']>>(options: T) {
  try {
    return parseArgs({ options }).values
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}. Known: ${describe(options)}`)
    return process.exit(2)
  }
}

function describe(options: NonNullable<ParseArgsConfig['options']>): string {
  const flags = Object.entries(options).map(([name, { type }]) =>
    type === 'string' ? `--${name} <value>` : `--${name}`,
  )
  return flags.length === 0 ? 'no flags' : flags.join(', ')
}
