import { measure } from '../measure.ts'
import type { Subject } from '../measure.ts'
import type { Summary } from '../statistics.ts'

/** An operation's times in the small shop and in the grown one. */
export interface Compared {
  name: string
  small: Summary
  grown: Summary
  /** Grown p50 by small p50. */
  ratio: number
}

const named = (prefix: string, subjects: Subject[]): Subject[] =>
  subjects.map((subject) => ({ ...subject, name: `${prefix} ${subject.name}` }))

/** Operations that hash a password take 200 ms and hardly vary, so that fewer requests are enough. */
const SIGN_INS = 4

/** Measures the same operations in both shops, alternating within one run, with `requests` of each in a round. */
export async function compareShops(
  small: Subject[],
  grown: Subject[],
  { rounds, requests }: { rounds: number; requests: number },
): Promise<Compared[]> {
  const plan = {
    concurrency: 1,
    rounds,
    requests: { other: requests, 'small sign in': SIGN_INS, 'grown sign in': SIGN_INS },
  }
  const times = await measure([...named('small', small), ...named('grown', grown)], plan)
  const timeOf = (name: string): Summary => {
    const found = times.get(name)
    if (found === undefined) throw new Error(`${name} was not measured`)
    return found
  }
  return small.map(({ name }) => {
    const [before, after] = [timeOf(`small ${name}`), timeOf(`grown ${name}`)]
    return { name, small: before, grown: after, ratio: after.p50 / before.p50 }
  })
}
