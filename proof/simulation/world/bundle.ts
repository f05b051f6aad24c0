import { readFile } from 'node:fs/promises'
import { builtinModules } from 'node:module'
import path from 'node:path'
import { build, type Plugin } from 'esbuild'

const ROOT = path.resolve(import.meta.dirname, '../../..')

/** Source text to be replaced before the Worker is built; it must stand there exactly once. */
export type SourceEdit = { file: string; replace: string; by: string }

/** The Worker as the text of one CommonJS module. Throws when an edit does not fit the sources any more. */
export async function bundleWorker(edits: readonly SourceEdit[] = []): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [path.join(ROOT, 'src/index.ts')],
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'browser',
    target: 'es2024',
    conditions: ['workerd', 'worker', 'browser'],
    external: ['cloudflare:*', 'node:*', ...builtinModules],
    define: { 'process.env.NODE_ENV': '"production"' },
    logLevel: 'error',
    plugins: [editing(edits)],
  })
  return outputFiles[0]?.text ?? ''
}

const editing = (edits: readonly SourceEdit[]): Plugin => ({
  name: 'editing',
  setup(built) {
    for (const file of new Set(edits.map((edit) => edit.file))) {
      const absolute = path.join(ROOT, file)
      built.onLoad({ filter: /\/src\// }, async (given) => {
        if (given.path !== absolute) return undefined
        let contents = await readFile(absolute, 'utf8')
        for (const edit of edits.filter((each) => each.file === file)) {
          const parts = contents.split(edit.replace)
          if (parts.length !== 2)
            throw new Error(`${file} has ${parts.length - 1} times what is to be replaced: ${edit.replace}`)
          contents = parts.join(edit.by)
        }
        return { contents, loader: 'ts' }
      })
    }
  },
})
