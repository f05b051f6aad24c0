import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { freePort } from '../../../dev/free-port.ts'
import { waitUntil } from '../../../dev/wait-until.ts'
import { descendants, programOf, startStackProcess, stillAlive } from '../../node/stack/processes.ts'

const dataDir = mkdtempSync(path.join(tmpdir(), 'mercat-test-'))
afterAll(() => rmSync(dataDir, { recursive: true, force: true }))

const DEV_VARS = path.resolve(import.meta.dirname, '../../../.dev.vars')
const pidIn = (file: string) => z.object({ pid: z.int() }).parse(JSON.parse(readFileSync(file, 'utf8'))).pid

describe.runIf(existsSync('/proc/self/stat'))('npm run dev', () => {
  test(
    'everything answers at ready, and SIGINT leaves neither a process nor a failure behind',
    { timeout: 120_000 },
    async () => {
      const settingsBefore = existsSync(DEV_VARS)
      const stack = startStackProcess(['--ephemeral'])
      const addresses = await stack.ready()
      expect(existsSync(DEV_VARS)).toBe(settingsBefore)
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
    'after a kill -9 the next start takes over its data and ports, and a part that dies stops all',
    { timeout: 200_000 },
    async () => {
      const ports = await Promise.all(['API', 'PG'].map(async (part) => [`MERCAT_${part}_PORT`, `${await freePort()}`]))
      const environment = { MERCAT_DATA_DIR: dataDir, ...Object.fromEntries(ports) }
      const killed = startStackProcess([], environment)
      await killed.ready()
      const orphans = descendants(killed.child.pid ?? 0)
      killed.child.kill('SIGKILL')
      await killed.ended()
      // As `killall -9 node` does: workerd is left without the leader of its process group.
      for (const pid of orphans.filter((each) => programOf(each) === 'node')) process.kill(pid, 'SIGKILL')
      const programs = stillAlive(orphans).map(programOf)
      expect(programs).toContain('workerd')
      expect(programs).toContain('postgres')

      const second = startStackProcess([], environment)
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

  test.each([
    ['a flag that is not known', ['--ephemral'], {}, "Unknown option '--ephemral'. Known: --ephemeral, --help"],
    [
      'a port that is asked for twice, once by default',
      [],
      { MERCAT_API_PORT: '', MERCAT_MAIL_PORT: '8787' },
      'The stack did not start: MERCAT_API_PORT and MERCAT_MAIL_PORT are both 8787: set one of them to another port',
    ],
  ])('%s is refused in one line', async (_, flags, environment, line) => {
    const stack = startStackProcess(flags, environment)
    expect(await stack.ended()).not.toBe(0)
    expect(stack.output().trim()).toBe(line)
  })

  test('a port that is no number is refused by name', async () => {
    const stack = startStackProcess(['--ephemeral'], { MERCAT_NEON_PORT: 'many' })
    expect(await stack.ended()).toBe(1)
    expect(stack.output()).toContain('MERCAT_NEON_PORT is "many"')
  })
})
