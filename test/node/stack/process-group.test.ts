import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { asGroupLeader, endRecordedGroup, signalGroup } from '../../../dev/process-group.ts'
import { recordProcess } from '../../../dev/process-identity.ts'
import { waitUntil } from '../../../dev/wait-until.ts'
import { descendants, stillAlive } from './processes.ts'

let folder: string
let file: string
let started: number[]
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'mercat-test-'))
  file = path.join(folder, 'part.process.json')
  started = []
})
afterEach(() => {
  for (const pid of stillAlive(started)) process.kill(pid, 'SIGKILL')
  rmSync(folder, { recursive: true })
})

/** A shell that leads a group, and its child; `mark` is the file that the group says it is recorded in. */
async function startGroup(mark: string): Promise<{ leader: number; member: number }> {
  const child = spawn('/bin/sh', ['-c', 'sleep 600 & wait'], { ...asGroupLeader(mark), stdio: 'ignore' })
  await once(child, 'spawn')
  const leader = child.pid ?? 0
  const [member = 0] = await waitUntil('the child of the shell', () => {
    const below = descendants(leader)
    return below.length > 0 && below
  })
  started.push(leader, member)
  return { leader, member }
}

async function killLeader(leader: number): Promise<void> {
  process.kill(leader, 'SIGKILL')
  await waitUntil('the leader to be gone', () => stillAlive([leader]).length === 0)
}

const gone = (pids: number[]) => waitUntil('the group to be gone', () => stillAlive(pids).length === 0)

describe.runIf(existsSync('/proc/self/stat'))('a recorded process group', () => {
  test('is ended with its leader', async () => {
    const { leader, member } = await startGroup(file)
    recordProcess(file, leader)
    endRecordedGroup(file)
    expect(await gone([leader, member])).toBe(true)
  })

  test('is ended when its leader is gone already', async () => {
    const { leader, member } = await startGroup(file)
    recordProcess(file, leader)
    await killLeader(leader)
    endRecordedGroup(file)
    expect(await gone([member])).toBe(true)
  })

  test('is left alone when its leader is another process that got the same id', async () => {
    const { leader, member } = await startGroup(path.join(folder, 'other.process.json'))
    writeFileSync(file, JSON.stringify({ pid: leader, startedAt: '1' }))
    endRecordedGroup(file)
    expect(stillAlive([leader, member])).toEqual([leader, member])
  })

  test('is left alone without its leader when it was started for something else', async () => {
    const { leader, member } = await startGroup(path.join(folder, 'other.process.json'))
    recordProcess(file, leader)
    await killLeader(leader)
    endRecordedGroup(file)
    expect(stillAlive([member])).toEqual([member])
  })

  test('ends by taskkill on Windows, which has no groups', () => {
    const asked = path.join(folder, 'asked')
    writeFileSync(path.join(folder, 'taskkill'), `#!/bin/sh\necho "$@" > ${asked}\n`)
    chmodSync(path.join(folder, 'taskkill'), 0o755)
    const platform = vi.spyOn(process, 'platform', 'get').mockReturnValue('win32')
    vi.stubEnv('PATH', folder + path.delimiter + process.env['PATH'])
    try {
      expect(asGroupLeader(file).detached).toBe(false)
      signalGroup(4711, 'SIGTERM')
    } finally {
      vi.unstubAllEnvs()
      platform.mockRestore()
    }
    expect(readFileSync(asked, 'utf8')).toBe('/pid 4711 /T /F\n')
  })
})
