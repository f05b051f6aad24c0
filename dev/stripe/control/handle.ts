import type { IncomingMessage, ServerResponse } from 'node:http'
import { z } from 'zod'
import { StripeError } from '../api/errors.ts'
import { matchRoute } from '../api/route.ts'
import type { Emulator } from '../emulator.ts'
import { readBody, sendJson } from '../http.ts'
import { controlRoutes } from './routes.ts'

/** Answers one `/_emulator` call; errors have the form of Stripe's. */
export async function handleControlCall(
  emulator: Emulator,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
): Promise<void> {
  const method = request.method ?? 'GET'
  const found = matchRoute(controlRoutes, method, path)
  if (!found) {
    sendJson(response, 404, problem(`There is no control call ${method} ${path}.`))
    return
  }
  try {
    const body: unknown = JSON.parse((await readBody(request)) || '{}')
    const answer: unknown = await found.route.run({ emulator, id: found.ids[0] ?? '', body })
    sendJson(response, 200, answer)
  } catch (error) {
    const { status, body } = errorAnswer(error)
    if (status === 500) emulator.log(`control ${method} ${path}: ${String(error)}`)
    sendJson(response, status, body)
  }
}

const problem = (message: string) => ({ error: { type: 'invalid_request_error', message } })

function errorAnswer(error: unknown): { status: number; body: unknown } {
  if (error instanceof StripeError) return { status: error.status, body: { error: error.body } }
  if (error instanceof z.ZodError) return { status: 400, body: problem(z.prettifyError(error)) }
  if (error instanceof SyntaxError) return { status: 400, body: problem('The body is not JSON.') }
  return { status: 500, body: problem('The emulator failed; see its log.') }
}
