import { customRandom } from 'nanoid'

type RandomBytes = (count: number) => Uint8Array

let randomBytes: RandomBytes = (count) => crypto.getRandomValues(new Uint8Array(count))

/** Where the randomness of all ids comes from, for worlds that must come out the same each time. */
export function drawIdsFrom(source: RandomBytes): void {
  randomBytes = source
}

const customAlphabet = (alphabet: string) => customRandom(alphabet, 21, (count) => randomBytes(count))

const alphanumeric = customAlphabet('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz')
const receiptDigits = customAlphabet('0123456789')

/** Random part of an id, as long as Stripe's own for that kind of object. */
const LENGTHS = { cus: 14, prod: 14, cs_test_a1: 58, req: 14, receipt: 32 } as const

export const newId = (prefix: string): string => {
  const length = (LENGTHS as Record<string, number>)[prefix] ?? 24
  return `${prefix}_${alphanumeric(length)}`
}

/** Checkout session ids carry no separator after their mode marker. */
export const newSessionId = (): string => `cs_test_a1${alphanumeric(LENGTHS.cs_test_a1)}`

export const newSecret = (id: string): string => `${id}_secret_${alphanumeric(25)}`

export const newCouponId = (): string => alphanumeric(8)

export const newReference = (): string => receiptDigits(12)

export const newFingerprint = (): string => alphanumeric(16)
