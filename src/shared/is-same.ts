import { timingSafeEqual } from 'node:crypto'

/** Whether two texts are equal, in a time that depends on their length alone. */
export function isSame(a: string, b: string): boolean {
  const left = Buffer.from(a)
  const right = Buffer.from(b)
  return left.length === right.length && timingSafeEqual(left, right)
}
