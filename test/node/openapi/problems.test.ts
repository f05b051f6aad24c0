import { readFileSync } from 'node:fs'
import addFormats from 'ajv-formats'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, test } from 'vitest'
import { PROBLEMS } from '../../../src/shared/problems.ts'

type Response = { content?: Record<string, { schema: object; examples?: Record<string, { $ref: string }> }> }
type Document = {
  paths: Record<string, Record<string, { responses: Record<string, Response> }>>
  components: { examples: Record<string, { value: { code: string } }>; schemas: Record<string, object> }
}

const document: Document = JSON.parse(readFileSync(new URL('../../../openapi.json', import.meta.url), 'utf8'))
const ajv = new Ajv2020({ strict: false, allErrors: true })
addFormats.default(ajv)
ajv.addSchema({ $id: 'api', ...document })

const refusals = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).flatMap(([method, { responses }]) =>
    Object.entries(responses)
      .filter(([status]) => status !== 'default')
      .flatMap(([status, { content }]) => {
        const problem = content?.['application/problem+json']
        return problem === undefined ? [] : [{ name: `${method} ${path} ${status}`, status, problem }]
      }),
  ),
)

test('every refusal has an example of each of its codes, valid by its schema, with its status', () => {
  expect(refusals.length).toBeGreaterThan(100)
  for (const { name, status, problem } of refusals) {
    const schema = JSON.stringify(problem.schema).replaceAll('"$ref":"#/', '"$ref":"api#/')
    const validate = ajv.compile({ ...JSON.parse(schema), unevaluatedProperties: false })
    const codes = Object.keys(problem.examples ?? {})
    expect(codes.length, name).toBeGreaterThan(0)
    for (const code of codes) {
      const value = document.components.examples[code]?.value
      expect(validate(value), `${name} ${code}: ${ajv.errorsText(validate.errors)}`).toBe(true)
      expect(value, name).toMatchObject({ code, status: Number(status) })
    }
  }
})

test('a schema of one code refuses the example of any other', () => {
  const examples = Object.entries(document.components.examples)
  expect(examples.map(([code]) => code)).toEqual(Object.keys(PROBLEMS).toSorted())
  const names = Object.keys(document.components.schemas).filter((name) => /.Problem$/.test(name))
  expect(names).toHaveLength(examples.length)
  for (const name of names) {
    const validate = ajv.compile({ $ref: `api#/components/schemas/${name}` })
    expect(
      examples.filter(([, { value }]) => validate(value)),
      name,
    ).toHaveLength(1)
  }
})
