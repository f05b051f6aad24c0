import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { dictionary } from '@zxcvbn-ts/language-common'

// Writes the part of the 20,000 most common passwords that the other rules would let pass; `--check` only compares.
// A common password is refused in any case of its letters. The rest of the list needs no place in the Worker: what has
// no letter can have no upper-case one, and what has only letters, digits and spaces lacks a special character.

const TARGET = path.join(import.meta.dirname, '../src/features/auth/common-passwords.ts')
const COUNT = 20_000

const entries = dictionary['passwords-common']
  .slice(0, COUNT)
  .map((password) => password.normalize('NFKC').toLowerCase().trim())
  .filter((password) => /\p{L}/u.test(password) && /[^\p{L}\p{M}\p{N}\s]/u.test(password))

const quoted = (text: string): string => (text.includes("'") ? JSON.stringify(text) : `'${text}'`)

const source = `// Made by \`npm run generate:passwords\`; do not edit.

/**
 * Those of the 20,000 most common passwords that the other rules would let pass, in lower case. From the list of
 * @zxcvbn-ts/language-common (MIT licence).
 */
export const COMMON_PASSWORDS: ReadonlySet<string> = new Set([
${[...new Set(entries)].map((entry) => `  ${quoted(entry)},\n`).join('')}])
`

if (!process.argv.includes('--check')) await writeFile(TARGET, source)
else if ((await readFile(TARGET, 'utf8')) !== source) {
  console.error('src/features/auth/common-passwords.ts is out of date: npm run generate:passwords')
  process.exitCode = 1
}
