import { expect, test } from 'vitest'
import { stopAll } from '../../../dev/stop-all.ts'

test('a part that cannot be stopped keeps no other from being stopped', async () => {
  const stopped: string[] = []
  const parts = ['database', 'proxy', 'Worker'].map((name) => ({
    stop: () =>
      name === 'Worker' ? Promise.reject(new Error('it hangs up')) : Promise.resolve(void stopped.push(name)),
  }))
  await expect(stopAll(parts)).rejects.toMatchObject({ errors: [{ message: 'it hangs up' }] })
  expect(stopped).toEqual(['proxy', 'database'])
  await stopAll(parts)
  expect(stopped).toHaveLength(2)
})
