import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { parseSync } from '@swc/core'
import type { Declarations, Method, Scope } from './declarations.ts'

/** A call of the API: where the SDK sends it, and the method that does. */
export type Call = { method: string; path: string; scope: Scope; signature: Method }

type Node = Record<string, unknown>
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null

/** The SDK's calls to these addresses, such as `POST /v1/refunds/{id}`. Throws for an address that it does not know. */
export function findCalls(declarations: Declarations, root: string, wanted: string[]): Call[] {
  const calls = new Map<string, Call>()
  for (const file of resourceFiles(root)) {
    const text = readFileSync(path.join(root, `${file}.js`), 'utf8')
    // Only the few files that matter are parsed, of several hundred.
    if (!wanted.some((address) => text.includes(address.replace(/^\w+ /, '').replace(/\{.*/, '')))) continue
    const scope = declarations.file(file)
    for (const [name, address] of addressesOf(text)) {
      // Of several overloads, the one with parameters says everything.
      const signatures = scope.methods.filter((method) => method.name === name)
      const signature = signatures.find(({ params }) => params !== undefined) ?? signatures[0]
      if (!wanted.includes(address) || signature === undefined) continue
      const [method = '', path = ''] = address.split(' ')
      calls.set(address, { method, path, scope, signature })
    }
  }
  const unknown = wanted.filter((address) => !calls.has(address))
  if (unknown.length > 0) throw new Error(`Stripe's SDK has no call to ${unknown.join(', ')}`)
  return wanted.toSorted().flatMap((address) => calls.get(address) ?? [])
}

const resourceFiles = (root: string): string[] =>
  readdirSync(path.join(root, 'resources'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.js') && !file.endsWith('index.js'))
    .map((file) => `resources/${file.split(path.sep).join('/').slice(0, -'.js'.length)}`)
    .toSorted()

/** Names of the methods of a resource file with the address that each sends to. */
function addressesOf(text: string): [name: string, address: string][] {
  const found: [string, string][] = []
  const visit = (node: unknown, method: string): void => {
    if (Array.isArray(node)) for (const part of node) visit(part, method)
    if (!isNode(node) || Array.isArray(node)) return
    const { type } = node
    const name = type === 'ClassMethod' && isNode(node['key']) ? String(node['key']['value']) : method
    if (type === 'CallExpression' && isNode(node['callee']) && isNode(node['callee']['property'])) {
      const [verb, address] = Array.isArray(node['arguments']) ? node['arguments'] : []
      if (node['callee']['property']['value'] === '_makeRequest')
        found.push([name, `${textOf(verb.expression)} ${textOf(address.expression)}`])
    }
    for (const part of Object.values(node)) visit(part, name)
  }
  visit(parseSync(text, { syntax: 'ecmascript' }).body, '')
  return found
}

/** A text, with `{id}` for each expression in it. */
function textOf(node: Node): string {
  if (node['type'] !== 'TemplateLiteral') return String(node['value'])
  const quasis = Array.isArray(node['quasis']) ? node['quasis'] : []
  return quasis.map((quasi) => String(isNode(quasi) ? (quasi['cooked'] ?? quasi['raw']) : '')).join('{id}')
}
