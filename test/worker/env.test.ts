import { env } from 'cloudflare:test'
import { expect, test } from 'vitest'
import { readEnv } from '../../src/env.ts'

test('without CORS_ORIGINS no other origin may call the API', () => {
  expect(readEnv({ ...env, CORS_ORIGINS: undefined }).CORS_ORIGINS).toEqual([])
})
