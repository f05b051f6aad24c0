import type { Broken } from './check-answer.ts'
import { PASSWORD_MARK, PLANTED_CARD, PLANTED_EMAIL_HOST } from './hostile-values.ts'
import type { Ownership } from './ownership.ts'

const CARD = new RegExp(PLANTED_CARD.split(' ').join('[ -]?'))
/** An address with its local part; `j***@…` is how the log masks them. */
const ADDRESS = new RegExp(`[\\w.+-](?:@|%40)${PLANTED_EMAIL_HOST.replaceAll('.', '\\.')}`, 'i')
const JWT = /\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/

export const isOwnLine = (line: string): boolean => line.includes('{"level":"')

/** What is wrong with a line of the Worker's log, in a run where nothing was made to fail (I9). */
export function scanLine(line: string, ownership: Ownership): Broken[] {
  // Other lines come from the runtime, which writes only when something went wrong.
  if (!isOwnLine(line)) return [{ rule: 'the runtime has nothing to complain of', what: line.slice(0, 500) }]
  const secret = [
    line.includes(PASSWORD_MARK) && 'a password',
    CARD.test(line) && 'a card number',
    ADDRESS.test(line) && 'an email address',
    JWT.test(line) && 'an access token',
    ownership.secretsIn(line).length > 0 && 'a token',
  ].filter((found) => found !== false)
  const leaks = secret.map((what) => ({ rule: `no log line holds ${what}`, what: line.slice(0, 500) }))
  const isTrouble = /"level":"error"|"event":"refused-by-the-database"/.test(line)
  return isTrouble ? [...leaks, { rule: 'nothing is logged as an error', what: line.slice(0, 700) }] : leaks
}
