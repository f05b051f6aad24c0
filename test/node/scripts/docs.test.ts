import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { GUEST_DAYS, RETENTION } from '../../../src/features/privacy/retention.ts'
import { LIMITS } from '../../../src/http/rate-limit/limits.ts'

const root = path.resolve(import.meta.dirname, '../../..')
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8')

const SKIPPED = new Set(['node_modules', '.git', '.mercat', '.wrangler', 'dist'])

const filesIn = (folder: string): string[] =>
  readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    if (!entry.isDirectory()) return [`${folder}${entry.name}`]
    return SKIPPED.has(entry.name) ? [] : filesIn(`${folder}${entry.name}/`)
  })

const FILES = filesIn('')
const FOLDERS = new Set(FILES.flatMap((file) => file.split('/').map((_, at, parts) => parts.slice(0, at).join('/'))))
const PAGES = FILES.filter((file) => file.endsWith('.md') && !file.startsWith('public/'))

/** The section with this heading, up to the next heading. */
function sectionOf(page: string, heading: string): string {
  const text = read(`docs/${page}`)
  return text.split(`## ${heading}\n`)[1]?.split(/\n#+ /)[0] ?? ''
}

test('docs/operations.md names every period as it is', () => {
  const rows = [
    ...sectionOf('operations.md', 'How long what is kept').matchAll(/^\| `(\w+)` +\| (.*?) +\| (\d+) +\|$/gm),
  ].map(([, table, , days]) => `${table} ${days}`)
  expect(rows).toEqual([...RETENTION.map(({ table, days }) => `${table} ${days}`), `prospects ${GUEST_DAYS}`])
})

test('docs/api.md names every limit that callers see as it is', () => {
  const rows = [...sectionOf('api.md', 'Rate limits').matchAll(/^\| (`.*?`) +\| ([\d,]+ an? \w+)/gm)].flatMap(
    ([, names = '', quota]) => names.split(', ').map((name) => `${name.slice(1, -1)}: ${quota}`),
  )
  const limits = Object.entries(LIMITS).map(([name, { limit, windowSeconds }]) => {
    const quota = `${limit.toLocaleString('en')} ${windowSeconds === 60 ? 'a minute' : 'an hour'}`
    return `${name}: ${quota}`
  })
  expect(rows.toSorted()).toEqual(limits.filter((each) => !each.startsWith('webhook-refused')).toSorted())
})

/** Headings as links name them. */
const anchorsOf = (page: string): string[] =>
  [...read(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  )

const isThere = (file: string): boolean => FILES.includes(file) || FOLDERS.has(file.replace(/\/$/, ''))

test.each(PAGES)('%s links to what is there', (page) => {
  const links = [...read(page).matchAll(/\]\((?!https?:)([^)#]*)#?([^)]*)\)/g)]
  const broken = links.filter(([, file = '', anchor = '']) => {
    const target = file === '' ? page : path.posix.join(path.posix.dirname(page), file)
    return !isThere(target) || (anchor !== '' && !anchorsOf(target).includes(anchor))
  })
  expect(broken.map(([link]) => link)).toEqual([])
})

/** Written or downloaded by tools, or somebody else's. */
const NOT_OURS = new Set(['/openapi.json', 'export.json', '.d.ts', '.bench/growth.json'])

test.each(PAGES)('%s names files that are there', (page) => {
  const names = [...read(page).matchAll(/`([\w./-]+\.(?:ts|mts|mjs|sql|md|json|toml))`/g)].map(([, name = '']) => name)
  const missing = names.filter(
    (name) =>
      !NOT_OURS.has(name) && !FILES.some((file) => file === name || file.endsWith(`/${name.replace(/^\.\.\//, '')}`)),
  )
  expect(missing).toEqual([])
})

test('the list of decisions has each of them, by its heading', () => {
  const decisions = FILES.filter((file) => /^docs\/decisions\/\d{4}-/.test(file)).toSorted()
  const expected = decisions.map((file) => {
    const [heading = ''] = read(file).split('\n')
    return `- [${heading.slice(2)}](${path.posix.basename(file)})`
  })
  const listed = read('docs/decisions/README.md')
    .split('\n')
    .filter((line) => line.startsWith('- '))
  expect(listed).toEqual(expected)
})
