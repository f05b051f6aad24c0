import { createExecutionContext, env } from 'cloudflare:test'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import worker from '../../../src/index.ts'
import { createClient, createVisitor } from '../support/client.ts'

type Line = Record<string, unknown> & { event: string }

let lines: Line[]

beforeEach(() => {
  lines = []
  for (const level of ['info', 'warn', 'error'] as const)
    vi.spyOn(console, level).mockImplementation((text: string) => void lines.push(JSON.parse(text)))
})

afterEach(() => vi.restoreAllMocks())

const requests = () => lines.filter(({ event }) => event === 'request')

describe('the access log', () => {
  test('has one line a request, with the id that the answer carries', async () => {
    const answer = await createClient().get('/healthz')
    expect(requests()).toEqual([
      {
        level: 'info',
        event: 'request',
        time: expect.any(String),
        request_id: answer.headers.get('X-Request-ID'),
        handler: 'fetch',
        method: 'GET',
        path: '/healthz',
        actor: 'visitor',
        status: 200,
        ms: expect.any(Number),
      },
    ])
  })

  test('has refusals and failures too', async () => {
    await createClient().get('/v1/nothing')
    await createClient({ SIGNING_SECRET: 'short' }).get('/healthz')
    expect(requests().map(({ status }) => status)).toEqual([404, 500])
  })

  test('repeats no token, secret or address', async () => {
    const visitor = await createVisitor()
    await visitor.get('/v1/orders/ORD-ABCDEFGHJK?token=very.secret.token&email=jane@example.com', {
      Authorization: 'Bearer sk_test_abcdefgh',
      Referer: 'http://storefront.test/?token=very.secret.token',
    })
    const text = JSON.stringify(lines)
    expect(text).toContain('/v1/orders/ORD-ABCDEFGHJK')
    for (const secret of ['very.secret.token', 'jane', 'sk_test', ...visitor.cookies.values(), visitor.address])
      expect(text).not.toContain(secret)
  })
})

describe('misconfiguration', () => {
  test('stops the queue and the cron as well, and names the variable', async () => {
    const broken = { ...env, STRIPE_WEBHOOK_SECRET: 'not-a-webhook-secret' }
    const runtime = createExecutionContext()
    const batch = { queue: 'mercat-email', messages: [{ id: '1', body: {} }] } as unknown as Parameters<
      typeof worker.queue
    >[0]
    const tick = { cron: '* * * * *', scheduledTime: 0, noRetry() {} }
    await expect(worker.queue(batch, broken, runtime)).rejects.toThrow(/STRIPE_WEBHOOK_SECRET/)
    await expect(worker.scheduled(tick, broken, runtime)).rejects.toThrow(/STRIPE_WEBHOOK_SECRET/)
    await expect(worker.scheduled(tick, broken, runtime)).rejects.not.toThrow(/not-a-webhook/)
  })
})
