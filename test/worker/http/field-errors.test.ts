import { z } from '@hono/zod-openapi'
import { expect, test } from 'vitest'
import { fieldErrorsOf } from '../../../src/http/field-errors.ts'
import { createVisitor, expectProblem } from '../support/client.ts'

/** The codes that a value gets from a schema, as `field code`. */
function codesOf(schema: z.ZodType, value: unknown): string[] {
  const { error } = schema.safeParse(value)
  const errors = fieldErrorsOf({ issues: error?.issues ?? [], value, target: 'json' })
  return errors.map(({ field, code }) => `${field} ${code}`)
}

const inside = (schema: z.ZodType) => z.strictObject({ a: z.object({ b: schema }) })

test.each<[string, z.ZodType, unknown, string]>([
  ['nothing for a text', z.string(), undefined, 'required'],
  ['nothing for one of several values', z.enum(['x']), undefined, 'required'],
  ['null for a text', z.string(), null, 'wrong-type'],
  ['a number for a text', z.string(), 1, 'wrong-type'],
  ['a fraction for an integer', z.int(), 1.5, 'wrong-type'],
  ['what is no number in an address', z.coerce.number(), 'x', 'wrong-type'],
  ['a text that is too short', z.string().min(2), 'x', 'too-short'],
  ['a text that is too long', z.string().max(1), 'xx', 'too-long'],
  ['a number that is too small', z.int().min(1), 0, 'too-small'],
  ['a number that is too large', z.int().max(1), 2, 'too-large'],
  ['a list with too few entries', z.array(z.int()).min(1), [], 'too-few'],
  ['a list with too many entries', z.array(z.int()).max(0), [1], 'too-many'],
  ['no email address', z.email(), 'x', 'invalid-format'],
  ['no UUID', z.uuid(), 'x', 'invalid-format'],
  ['a text that breaks a pattern', z.string().regex(/^a$/), 'x', 'invalid-format'],
  ['another value than the one', z.literal(true), false, 'not-an-option'],
  ['none of several values', z.enum(['x', 'y']), 'z', 'not-an-option'],
  ['none of several types', z.union([z.int(), z.boolean()]), 'x', 'invalid'],
  ['a rule of its own', z.string().refine(() => false), 'x', 'invalid'],
  ['a named rule', z.string().refine(() => false, { params: { code: 'too-common' } }), 'x', 'too-common'],
  ['a rule with a name that is not ours', z.string().refine(() => false, { params: { code: 'x' } }), 'x', 'invalid'],
])('%s has a code of ours', (_, schema, value, code) => {
  expect(codesOf(inside(schema), { a: { b: value } })).toEqual([`a.b ${code}`])
})

test('each unknown field has a line of its own', () => {
  expect(codesOf(inside(z.int()), { a: { b: 1 }, c: 1, d: 2 })).toEqual(['c unknown-field', 'd unknown-field'])
})

test('what is about the whole names where it was', () => {
  expect(codesOf(z.object({}), 1)).toEqual(['json wrong-type'])
})

test('a refused request names its fields with codes of ours', async () => {
  const client = await createVisitor()
  const refused = expectProblem(await client.post('/v1/cart/items', { quantity: 100 }), 422, 'validation-failed')
  expect(refused.errors).toMatchObject([
    { field: 'sku_id', code: 'required', message: 'Is required.' },
    { field: 'quantity', code: 'too-large' },
  ])
})

test('the name of an unknown field is repeated where it is one, and never any other text of the caller', async () => {
  const visitor = await createVisitor()
  const given = { colour: 1, "') SELECT email FROM members --": 1, ['x'.repeat(65)]: 1 }
  const answer = await visitor.post('/v1/privacy/requests', given)
  const unknown = answer.json.errors.filter(({ code }: { code: string }) => code === 'unknown-field')
  expect(unknown.map(({ field }: { field: string }) => field)).toEqual(['colour', '?', '?'])
  expect(answer.text).not.toMatch(/SELECT|xxx/)
})
