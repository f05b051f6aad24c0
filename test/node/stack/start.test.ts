import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { waitUntil } from '../../../dev/wait-until.ts'
import { descendants, startStackProcess, stillAlive } from './processes.ts'

const dataDir = mkdtempSync(path.join(tmpdir(), 'mercat-test-'))
afterAll(() => rmSync(dataDir, { recursive: true, force: true }))

const pidIn = (file: string) => z.object({ pid: z.int() }).parse(JSON.parse(readFileSync(file, 'utf8'))).pid

describe.runIf(existsSync('/proc/self/stat'))('npm run dev', () => {
  test(
    'everything answers at ready, and SIGINT leaves neither a process nor a failure behind',
    { timeout: 120_000 },
    async () => {
      const stack = startStackProcess(['--ephemeral'])
      const addresses = await stack.ready()
      const below = descendants(stack.child.pid ?? 0)
      expect(below.length).toBeGreaterThan(5)
      for (const url of [
        `${addresses['api']}/healthz`,
        `${addresses['mailbox']}/api/messages`,
        `${addresses['neon']}/_proxy/stats`,
      ]) {
        expect((await fetch(url)).status).toBe(200)
      }
      expect((await fetch(`${addresses['stripe']}/_emulator/webhooks`)).status).toBe(200)
      stack.child.kill('SIGINT')
      expect(await stack.ended()).toBe(0)
      expect(stillAlive(below)).toEqual([])
    },
  )

  test(
    'after a kill -9 the next start takes over its data, and a part that dies stops all',
    { timeout: 200_000 },
    async () => {
      const killed = startStackProcess([], { MERCAT_DATA_DIR: dataDir })
      await killed.ready()
      const orphans = descendants(killed.child.pid ?? 0)
      killed.child.kill('SIGKILL')
      await killed.ended()
      expect(stillAlive(orphans)).not.toEqual([])

      const second = startStackProcess([], { MERCAT_DATA_DIR: dataDir })
      await second.ready()
      await waitUntil('the orphans to be gone', () => stillAlive(orphans).length === 0)
      const below = descendants(second.child.pid ?? 0)
      process.kill(pidIn(path.join(dataDir, 'wrangler', 'wrangler.process.json')), 'SIGKILL')
      expect(await second.ended()).toBe(1)
      expect(second.output()).toContain('wrangler dev ended (SIGKILL)')
      await waitUntil('all parts to be gone', () => stillAlive(below).length === 0)
    },
  )

  test('a taken port is named with the variable that moves it', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    const port = address !== null && typeof address === 'object' ? address.port : 0
    const stack = startStackProcess(['--ephemeral'], { MERCAT_MAIL_PORT: String(port) })
    expect(await stack.ended()).toBe(1)
    expect(stack.output()).toContain(`port ${port} is in use: stop what listens there, or set MERCAT_MAIL_PORT`)
    server.close()
  })

  test('a port that is no number is refused by name', async () => {
    const stack = startStackProcess(['--ephemeral'], { MERCAT_NEON_PORT: 'many' })
    expect(await stack.ended()).toBe(1)
    expect(stack.output()).toContain('MERCAT_NEON_PORT is "many"')
  })
})
