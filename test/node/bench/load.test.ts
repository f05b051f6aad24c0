import { createServer } from 'node:http'
import { once } from 'node:events'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { closeConnections, inParallel, send } from '../../../proof/bench/load.ts'

const AT_ONCE = 12
/** Requests that each connection has brought, by its place in the order in which they were opened. */
let brought: number[]
let url: string
const seen = new WeakMap<object, number>()

/** Answers the first request of a connection and breaks the connection at the second, as one that closes when it idles. */
const server = createServer((incoming, response) => {
  const at = seen.get(incoming.socket) ?? brought.push(0) - 1
  seen.set(incoming.socket, at)
  brought[at] = (brought[at] ?? 0) + 1
  if (incoming.url === '/broken' || brought[at] === 2) incoming.socket.destroy()
  else if (incoming.url === '/half') {
    response.writeHead(200, { 'content-length': '100' }).write('half')
    setImmediate(() => incoming.socket.destroy())
  } else response.end('here')
})

beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  url = `http://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}`
})
afterAll(() => {
  closeConnections()
  server.close()
})

test('what meets a connection that the server has just closed is sent again on a new one', async () => {
  brought = []
  const calls = Array.from({ length: AT_ONCE }, () => ({ method: 'POST' as const, url, body: '{}' }))
  await inParallel(AT_ONCE, calls, send)
  const answers = await inParallel(AT_ONCE, calls, send)
  expect(answers.map(({ text }) => text)).toEqual(calls.map(() => 'here'))
  expect(brought.filter((requests) => requests === 2)).toHaveLength(AT_ONCE)
})

test.each([
  { what: 'a new connection that breaks', path: '/broken' },
  { what: 'an answer that breaks off', path: '/half' },
])('$what is an error', async ({ path }) => {
  brought = []
  closeConnections()
  await expect(send({ method: 'GET', url: `${url}${path}` })).rejects.toThrow(/socket hang up|broke off/)
  expect(brought).toEqual([1])
})
