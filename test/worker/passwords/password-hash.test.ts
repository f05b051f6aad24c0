import { describe, expect, test } from 'vitest'
import { COST } from '../../../src/features/passwords/password-cost.ts'
import { hashPassword, needsRehash, verifyPassword } from '../../../src/features/passwords/password-hash.ts'

describe('a password hash', () => {
  test('tells its parameters and is another one each time', async () => {
    const [one, two] = await Promise.all([hashPassword('Grey-Heron-42', COST), hashPassword('Grey-Heron-42', COST)])
    expect(one).toMatch(/^\$scrypt\$ln=14,r=8,p=5\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
    expect(one).not.toBe(two)
    expect(await verifyPassword('Grey-Heron-42', one)).toBe(true)
    expect(await verifyPassword('Grey-Heron-43', one)).toBe(false)
  })

  test('of other parameters is verified with those, and due for replacement', async () => {
    const cheap = await hashPassword('Grey-Heron-42', { ln: 8, r: 8, p: 1 })
    expect(cheap).toMatch(/^\$scrypt\$ln=8,r=8,p=1\$/)
    expect(await verifyPassword('Grey-Heron-42', cheap)).toBe(true)
    expect([needsRehash(cheap), needsRehash(await hashPassword('x'))]).toEqual([true, false])
  })

  test('is of the normalised password: the same characters of another keyboard match', async () => {
    const hash = await hashPassword('Gar\u00E7on-42')
    expect(await verifyPassword('Gar\u0063\u0327on-42', hash)).toBe(true)
  })

  test('that is none matches nothing, and one that is malformed is an error', async () => {
    expect(await verifyPassword('', null)).toBe(false)
    await expect(verifyPassword('x', 'plain')).rejects.toThrow('malformed')
  })
})
