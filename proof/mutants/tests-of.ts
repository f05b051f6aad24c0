import { existsSync, globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { parseSync } from 'vite'

const TESTS = 'test/worker'
const FUNCTIONS = 'src/db/functions/'
const QUERIES = /^src\/features\/[^/]+\/queries/

/** Which tests belong to a file, as filters of Vitest; without any, all do. */
export type TestsOf = (file: string) => string[]

/**
 * Tests belong to a file when they stand in the folder of its feature or import it. What has neither belongs to the
 * features that import it, and a function of the database to those that call it or change a table that it is a trigger of.
 */
export function readTestsOf(root: string): TestsOf {
  const sources = globSync(['src/**/*.ts', 'src/db/functions/*.sql', `${TESTS}/**/*.ts`], { cwd: root }).toSorted()
  const texts = new Map(sources.map((file) => [file, readFileSync(path.join(root, file), 'utf8')]))
  const importers = new Map<string, Set<string>>()
  const add = (file: string, importer: string) => importers.set(file, (importers.get(file) ?? new Set()).add(importer))
  const functions = sources.filter((file) => file.endsWith('.sql'))
  const tables = readTriggerTables(root)
  for (const [file, text] of texts) {
    for (const imported of importsOf(file, text)) add(imported, file)
    // The tests of a calling feature say more about a function than a test that calls it directly.
    for (const called of file.endsWith('.test.ts') ? [] : functions) {
      const name = path.basename(called, '.sql')
      const words = [`${name}\\(`, ...(QUERIES.test(file) ? (tables.get(name) ?? []) : [])]
      if (called !== file && new RegExp(`\\b(?:${words.join('|')})`).test(text)) add(called, file)
    }
  }
  const ownTests = (file: string): string[] => {
    const folder = folderOf(file)
    const found = [...(importers.get(file) ?? [])].filter((each) => each.endsWith('.test.ts'))
    return folder !== undefined && existsSync(path.join(root, folder)) ? [folder, ...found] : found
  }
  return (file) => {
    const seen = new Set([file])
    const tests = new Set<string>()
    // Breadth first: the nearest files with tests count. Wrappers of database functions only lead to their callers.
    for (let ring = [file]; ring.length > 0;) {
      for (const each of ring.flatMap(ownTests)) tests.add(each)
      if (tests.size > 0 && !ring.every((each) => each.startsWith(FUNCTIONS))) return [...tests]
      ring = [...new Set(ring.flatMap((each) => [...(importers.get(each) ?? [])]))].filter((each) => !seen.has(each))
      for (const each of ring) seen.add(each)
    }
    return [...tests]
  }
}

/** The tables whose changes a function of the database is a trigger of, by its name. */
function readTriggerTables(root: string): Map<string, string[]> {
  const text = globSync('drizzle/*.sql', { cwd: root })
    .map((file) => readFileSync(path.join(root, file), 'utf8'))
    .join('\n')
  const tables = new Map<string, string[]>()
  for (const [, table = '', name = ''] of text.matchAll(/\bTRIGGER [^;]*?\bON "?(\w+)[^;]*?EXECUTE FUNCTION (\w+)/g)) {
    tables.set(name, [...(tables.get(name) ?? []), table])
  }
  return tables
}

/** `src/features/cart/…` is tested in `test/worker/cart`, `src/http/…` in `test/worker/http`. */
function folderOf(file: string): string | undefined {
  const [, top = '', name = ''] = file.split('/')
  if (!file.startsWith('src/')) return undefined
  return `${TESTS}/${top === 'features' ? name : top}`
}

const importsOf = (file: string, text: string): string[] =>
  file.endsWith('.ts')
    ? parseSync(file, text)
        .module.staticImports.map(({ moduleRequest }) => moduleRequest.value)
        .filter((specifier) => specifier.startsWith('.'))
        .map((specifier) => path.posix.join(path.posix.dirname(file), specifier))
    : []
