import { customAlphabet } from 'nanoid'
import { v7 } from 'uuid'
import { sha256Hex } from './digest.ts'

/** UUIDv7: sorts by the time it was made. */
export const newId = (): string => v7()

/** The same id (UUIDv8) for the same text: an insert with it happens once, whoever comes with it. */
export async function uuidFrom(text: string): Promise<string> {
  const hex = await sha256Hex(text)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

// Without 0/O, 1/I/L and U: codes are read out over the telephone.
const CODE_ALPHABET = '23456789ABCDEFGHJKMNPQRSTVWXYZ'

const tenCharacters = customAlphabet(CODE_ALPHABET, 10)

/** `ORD-` and ten characters. */
export const newOrderIdentifier = (): string => `ORD-${tenCharacters()}`

/** Code of a prospect in email links: `PR` and ten characters. */
export const newProspectCode = (): string => `PR${tenCharacters()}`

/** Code of a member in email links: `MB` and ten characters. */
export const newMemberCode = (): string => `MB${tenCharacters()}`
