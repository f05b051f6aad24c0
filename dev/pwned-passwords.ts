import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { z } from 'zod'
import { HttpFailure, listenLocally, readJson, send, sendJson } from './http-server.ts'

/** Passwords that the stand-in takes for breached: good by every other rule. */
export const BREACHED_PASSWORDS = ['Tr0ub4dor-and-3', 'purple monkey dishwasher', 'Moss-Lantern-1999']

const digestOf = (password: string): string => createHash('sha1').update(password).digest('hex').toUpperCase()

const modeSchema = z.object({ mode: z.enum(['answer', 'fail', 'hang']) })

export interface RunningPwnedPasswords {
  /** Address of the range query; five digits of a digest are appended. */
  url: string
  stop(): Promise<void>
}

/**
 * Answers range queries as Have I Been Pwned does: `GET /range/{first five of the SHA-1}` has a line `REST:COUNT` for each
 * breached password, and padding with a count of 0. `PUT /_control` with a `mode` makes it fail or fall silent.
 */
export async function startPwnedPasswords(): Promise<RunningPwnedPasswords> {
  const state: z.infer<typeof modeSchema> = { mode: 'answer' }
  const { port: taken, close } = await listenLocally(0, 'no port of its own', (request, response) =>
    answer(state, request, response),
  )
  return { url: `http://127.0.0.1:${taken}/range`, stop: close }
}

async function answer(
  state: z.infer<typeof modeSchema>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method === 'PUT' && request.url === '/_control') {
    Object.assign(state, await readJson(request, modeSchema))
    return sendJson(response, 200, state)
  }
  const prefix = /^\/range\/([0-9A-F]{5})$/.exec(request.url ?? '')?.[1]
  if (prefix === undefined) throw new HttpFailure(400, 'The hash prefix was not in a valid format')
  if (state.mode === 'hang') return
  if (state.mode === 'fail') throw new HttpFailure(503, 'unavailable')
  const found = BREACHED_PASSWORDS.map(digestOf).filter((digest) => digest.startsWith(prefix))
  const padding = Array.from({ length: 3 }, (_, at) => `${digestOf(`${prefix}${at}`).slice(5)}:0`)
  send(response, 200, 'text/plain', [...found.map((digest) => `${digest.slice(5)}:42`), ...padding].join('\r\n'))
}
