import { existsSync, globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { parseSync } from 'vite'

const TESTS = 'test/worker'

/** Which tests belong to a file, as filters of Vitest; without any, all do. */
export type TestsOf = (file: string) => string[]

/**
 * Tests belong to a file when they stand in the folder of its feature or import it. What has neither belongs to the
 * features that import it, and a function of the database to those that call it.
 */
export function readTestsOf(root: string): TestsOf {
  const sources = globSync(['src/**/*.ts', 'src/db/functions/*.sql', `${TESTS}/**/*.ts`], { cwd: root }).toSorted()
  const texts = new Map(sources.map((file) => [file, readFileSync(path.join(root, file), 'utf8')]))
  const importers = new Map<string, Set<string>>()
  const add = (file: string, importer: string) => importers.set(file, (importers.get(file) ?? new Set()).add(importer))
  const functions = sources.filter((file) => file.endsWith('.sql'))
  for (const [file, text] of texts) {
    for (const imported of importsOf(file, text)) add(imported, file)
    // A test that calls a function says less of it than the tests of the feature that does.
    for (const called of file.endsWith('.test.ts') ? [] : functions) {
      if (called !== file && new RegExp(String.raw`\b${path.basename(called, '.sql')}\(`).test(text)) add(called, file)
    }
  }
  const ownTests = (file: string): string[] => {
    const folder = folderOf(file)
    const found = [...(importers.get(file) ?? [])].filter((each) => each.endsWith('.test.ts'))
    return folder !== undefined && existsSync(path.join(root, folder)) ? [folder, ...found] : found
  }
  return (file) => {
    const seen = new Set([file])
    // Breadth first: the nearest that have tests decide.
    for (let ring = [file]; ring.length > 0;) {
      const tests = [...new Set(ring.flatMap(ownTests))]
      if (tests.length > 0) return tests
      ring = [...new Set(ring.flatMap((each) => [...(importers.get(each) ?? [])]))].filter((each) => !seen.has(each))
      for (const each of ring) seen.add(each)
    }
    return []
  }
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
