import { NeonDbError } from '@neondatabase/serverless'
import { describe, expect, test } from 'vitest'
import { runStatement } from '../../src/db/transaction.ts'

/** A statement that fails in this way the first time and answers the second time. */
function failingOnce(code: string | undefined) {
  let calls = 0
  const failure = new NeonDbError('not now')
  failure.code = code
  const statement = () => (++calls === 1 ? Promise.reject(failure) : Promise.resolve('answer'))
  return { statement, calls: () => calls }
}

describe('a statement', () => {
  test.each([
    [undefined, 'whose answer was lost'],
    ['08006', 'whose connection failed'],
    ['53300', 'for which there was no connection left'],
    ['57P01', 'during a restart'],
    ['40P01', 'in a deadlock'],
  ])('that failed with %s, %s, is run again', async (code, _why) => {
    const { statement } = failingOnce(code)
    expect(await runStatement(statement)).toBe('answer')
  })

  test.each([undefined, '08006', '57P01'])(
    'that may not run twice is not, when nobody knows whether it ran (%s)',
    async (code) => {
      const { statement, calls } = failingOnce(code)
      await expect(runStatement(statement, { onLostAnswer: 'fail' })).rejects.toMatchObject({
        code: 'database-unavailable',
      })
      expect(calls()).toBe(1)
    },
  )

  test('that is wrong in itself is not run again', async () => {
    const { statement, calls } = failingOnce('42601')
    await expect(runStatement(statement)).rejects.toMatchObject({ code: '42601' })
    expect(calls()).toBe(1)
  })
})
