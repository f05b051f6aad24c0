import { customAlphabet } from 'nanoid'
import { v7 } from 'uuid'
import { sha256Hex } from './digest.ts'

/** A new UUIDv7, which sorts by the time it was made. */
export const newId = (): string => v7()

/** A UUIDv8 that is always the same for the same text, so that an insert with it happens once, whoever repeats it. */
export async function uuidFrom(text: string): Promise<string> {
  const hex = await sha256Hex(text)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

// Without 0/O, 1/I/L and U, since people read codes out on the telephone.
const CODE_ALPHABET = '23456789ABCDEFGHJKMNPQRSTVWXYZ'

const tenCharacters = customAlphabet(CODE_ALPHABET, 10)

/** A new order number for people: `ORD-` and ten characters. */
export const newOrderIdentifier = (): string => `ORD-${tenCharacters()}`

/** A new code for a prospect in email links: `PR` and ten characters. */
export const newProspectCode = (): string => `PR${tenCharacters()}`

/** A new code for a member in email links: `MB` and ten characters. */
export const newMemberCode = (): string => `MB${tenCharacters()}`
