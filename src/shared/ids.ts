import { customAlphabet } from 'nanoid'
import { v7 } from 'uuid'

/** A new UUIDv7, which sorts by the time it was made. */
export const newId = (): string => v7()

// Without 0/O, 1/I/L and U, since people read codes out on the telephone.
const CODE_ALPHABET = '23456789ABCDEFGHJKMNPQRSTVWXYZ'

const tenCharacters = customAlphabet(CODE_ALPHABET, 10)

/** A new order number for people: `ORD-` and ten characters. */
export const newOrderIdentifier = (): string => `ORD-${tenCharacters()}`

/** A new code for a prospect in email links: `PR` and ten characters. */
export const newProspectCode = (): string => `PR${tenCharacters()}`

/** A new code for a member in email links: `MB` and ten characters. */
export const newMemberCode = (): string => `MB${tenCharacters()}`
