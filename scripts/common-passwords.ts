import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { dictionary } from '@zxcvbn-ts/language-common'
import { coreOf } from '../src/features/passwords/common-forms.ts'

// Writes what the 20,000 most common passwords come down to without case, leet and the digits and signs at their ends;
// `--check` only compares. One whose core is too short to mean anything is kept as it is, if another rule would let
// something like it pass: without a letter it would have to be long enough to need none.

const TARGET = path.join(import.meta.dirname, '../src/features/passwords/common-passwords.ts')
const COUNT = 20_000
const CORE_MIN = 4
const LENGTH_WITHOUT_RULES = 16

const entries = dictionary['passwords-common']
  .slice(0, COUNT)
  .map((password) => password.normalize('NFKC').toLowerCase().trim())
  .flatMap((password) => {
    const core = coreOf(password)
    if (core.length >= CORE_MIN) return [core]
    const canPass = /\p{L}/u.test(password) ? password.length >= CORE_MIN : password.length >= LENGTH_WITHOUT_RULES
    return canPass ? [password] : []
  })

const source = `// Made by \`npm run generate:passwords\`; do not edit.

const TEXT =
  ${JSON.stringify([...new Set(entries)].join('\n'))}

let words: ReadonlySet<string> | undefined

/**
 * What the 20,000 most common passwords come down to: \`commonForms\` of one of them has a word of these. From the list of
 * @zxcvbn-ts/language-common (MIT licence).
 */
export const commonPasswords = (): ReadonlySet<string> => (words ??= new Set(TEXT.split('\\n')))
`

if (!process.argv.includes('--check')) await writeFile(TARGET, source)
else if ((await readFile(TARGET, 'utf8')) !== source) {
  console.error('src/features/passwords/common-passwords.ts is out of date: npm run generate:passwords')
  process.exitCode = 1
}
