import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { drawPicture } from '../../../proof/bench/picture.ts'

const PROJECT = path.resolve(import.meta.dirname, '../../..')
const TIMEOUT_MS = 240_000

let folder: string
beforeAll(() => void (folder = mkdtempSync(path.join(tmpdir(), 'mercat-bench-test-'))))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Runs a benchmark's short version; answers its JSON and what it printed. */
async function run(script: string) {
  const json = path.join(folder, `${script}.json`)
  const args = [path.join(PROJECT, 'proof', 'bench', `${script}.ts`), '--quick', '--json', json]
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: PROJECT })
  return { report: JSON.parse(readFileSync(json, 'utf8')), stdout }
}

describe('the benchmarks', { timeout: TIMEOUT_MS }, () => {
  test('take the time of every operation and floor, alone and sixteen at once, and end with the targets', async () => {
    const { report, stdout } = await run('run')
    const names = new Set(report.rows.map((row: { name: string }) => row.name))
    expect(report.rows).toHaveLength(2 * names.size)
    for (const row of report.rows) expect(row.p50, row.name).toBeGreaterThan(0)
    for (const target of report.targets) expect(target.value, target.text).toBeGreaterThan(0)
    expect(stdout).toContain('webhook to committed order / raw batch of an order')
    expect(drawPicture(report)).toContain('</svg>')
  })

  test('hold a flash sale that sells exactly what there is', async () => {
    const { report, stdout } = await run('flash-sale')
    const { stock, buyers, started, refused, reserved, orders } = report.sale
    expect([started, reserved, orders]).toEqual([stock, stock, stock])
    expect(refused).toBe(buyers - stock)
    expect(report.interactive).toHaveLength(2)
    expect(stdout).toContain(', 0 oversold')
  })
})
