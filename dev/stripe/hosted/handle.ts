import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Emulator } from '../emulator.ts'
import { sendHtml } from '../http.ts'

export async function handlePage(
  _emulator: Emulator,
  _request: IncomingMessage,
  response: ServerResponse,
  _path: string,
): Promise<void> {
  sendHtml(response, 404, 'not found')
}
