import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findUnstorable } from '../../../src/http/storable.ts'
import { createClient, createVisitor, expectProblem } from '../support/client.ts'
import { createEchoApp } from './echo-app.ts'

const echo = createEchoApp()
const json = { 'Content-Type': 'application/json' }
const visitor = await createVisitor({}, { fetch: echo.fetch })
const send = (body: BodyInit, headers: Record<string, string> = json) =>
  visitor.call('POST', '/v1/echo', { body, headers })

const streamOf = (bytes: number) => {
  let left = bytes
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      const size = Math.min(left, 10_000)
      if (size > 0) controller.enqueue(new Uint8Array(size).fill(0x20))
      left -= size
      if (left === 0) controller.close()
    },
  })
}

describe('size', () => {
  const filled = (bytes: number) => JSON.stringify('x'.repeat(bytes - 2))

  test('a body of 64 KiB is read, one byte more is not', async () => {
    expect((await send(filled(65_536))).status).toBe(200)
    expectProblem(await send(filled(65_537)), 413, 'payload-too-large')
  })

  test('a body whose length nobody announced is cut off at the same size', async () => {
    expectProblem(await send(streamOf(1_000_000)), 413, 'payload-too-large')
  })

  test('an announced length above the limit is refused', async () => {
    const answer = await send(filled(100), { ...json, 'Content-Length': '70000' })
    expectProblem(answer, 413, 'payload-too-large')
  })

  test("a webhook may be larger: Stripe's events carry whole objects", async () => {
    const post = (bytes: number) =>
      visitor.call('POST', '/v1/webhooks/stripe', { body: 'x'.repeat(bytes), headers: { 'Stripe-Signature': 'valid' } })
    expect((await post(1_048_576)).json).toEqual({ length: 1_048_576 })
    expectProblem(await post(1_048_577), 413, 'payload-too-large')
  })
})

describe('a body that breaks off', () => {
  const broken = () =>
    new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.enqueue(new TextEncoder().encode('{"a":'))
        controller.error(new Error('Network connection lost.'))
      },
    })

  test('is the fault of who sent it, and no failure of ours', async () =>
    expectProblem(await send(broken()), 400, 'malformed-json'))

  test('of a webhook is so too, and never taken for an event', async () => {
    const headers = { 'Stripe-Signature': 't=1,v1=0' }
    const answer = await createClient().call('POST', '/v1/webhooks/stripe', { body: broken(), headers })
    expectProblem(answer, 400, 'malformed-json')
  })
})

describe('form', () => {
  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/jsonp',
    'multipart/form-data; boundary=x',
  ])('a body of type %s is refused', async (type) =>
    expectProblem(await send('{"a":1}', { 'Content-Type': type }), 415, 'unsupported-media-type'),
  )

  test('a body without a type is refused, no body is none', async () => {
    expectProblem(await send(new Uint8Array([0x7b, 0x7d]), {}), 415, 'unsupported-media-type')
    expect((await visitor.call('POST', '/v1/echo')).json).toMatchObject({ json: null })
  })

  test.each(['application/json', 'application/json; charset=utf-8', 'Application/JSON'])('%s is read', async (type) => {
    expect((await send('{"a":1}', { 'Content-Type': type })).json).toMatchObject({ json: { a: 1 } })
  })

  test('no body is none, even when a client announces JSON with every request', async () => {
    for (const method of ['POST', 'DELETE'] as const)
      expect((await visitor.call(method, '/v1/echo', { body: '', headers: json })).status).toBe(200)
  })

  test.each(['{', ' ', 'undefined', '{"a":1}}', "{'a':1}", '{"a":NaN}', '\u0000'])(
    'broken JSON %j is told apart',
    async (body) => expectProblem(await send(body), 400, 'malformed-json'),
  )

  test('bytes that are not UTF-8 are broken JSON', async () => {
    expectProblem(await send(new Uint8Array([0x22, 0xff, 0xfe, 0x22])), 400, 'malformed-json')
  })
})

describe('what cannot be stored', () => {
  const fields = async (body: string) => {
    const problem = expectProblem(await send(body), 422, 'validation-failed')
    return problem.errors.map((error: { field: string }) => error.field)
  }

  test('a NUL character is refused wherever it stands, and its field is named', async () => {
    expect(await fields('{"a":"x\\u0000"}')).toEqual(['a'])
    expect(await fields('{"items":[{"note":"fine"},{"note":"\\u0000"}]}')).toEqual(['items.1.note'])
    expect(await fields('{"a":{"k\\u0000":1}}')).toEqual(['a'])
    expect(await fields('"\\u0000"')).toEqual(['json'])
  })

  test('half a surrogate pair is refused', async () => {
    expect(await fields('{"a":"\\ud800"}')).toEqual(['a'])
    expect((await send('{"a":"\\ud83d\\ude00"}')).json).toMatchObject({ json: { a: '😀' } })
  })

  test.each([
    ['/v1/echo/a%00b', 'path'],
    ['/v1/echo?q=%00', 'q'],
    ['/v1/echo?ok=1&%00=1', 'query'],
  ])('in the address %s too', async (path, field) => {
    const problem = expectProblem(await visitor.get(path), 422, 'validation-failed')
    expect(problem.errors).toMatchObject([{ field, code: 'invalid-characters' }])
  })

  test.each(['/v1/echo/%ff', '/v1/echo/%2500', '/v1/echo/%zz?q=%ff%', '/v1/echo/%ed%a0%80'])(
    'odd encoding in %s reaches the route as text that can be stored',
    async (path) => {
      const { status, json: seen } = await visitor.get(path)
      expect(status).toBe(200)
      expect(findUnstorable(seen)).toEqual([])
    },
  )

  test('nesting as deep as a body can be is refused, and no stack overflows', async () => {
    for (const body of ['['.repeat(32_000) + ']'.repeat(32_000), '{"a":'.repeat(10_000) + '1' + '}'.repeat(10_000)]) {
      const problem = expectProblem(await send(body), 422, 'validation-failed')
      expect(problem.errors).toMatchObject([{ code: 'too-deep' }])
    }
    expect((await send('['.repeat(30) + ']'.repeat(30))).status).toBe(200)
  })

  test('any JSON is either storable or refused, whatever it holds', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary', maxDepth: 6 }), (value) => {
        const hasBadText = /\\u0000|\\ud[89a-f]/i.test(JSON.stringify(value).replaceAll('\\\\', ''))
        expect(findUnstorable(value).length > 0).toBe(hasBadText)
      }),
    )
  })
})
