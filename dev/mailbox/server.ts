import type { IncomingMessage, ServerResponse } from 'node:http'
import { HttpFailure, listenLocally, readJson, send, sendJson, sendNothing } from '../http-server.ts'
import { MailFaults, faultSchema } from './faults.ts'
import { mailboxPage } from './page.ts'
import { startSmtp } from './smtp.ts'
import { MessageStore } from './store.ts'
import type { StoredMessage } from './store.ts'

export interface MailboxOptions {
  /** 0 takes any free port, here and for SMTP. */
  httpPort: number
  smtpPort: number
}

export interface RunningMailbox {
  /** Address of the web page; the JSON is under `${url}/api`. */
  url: string
  httpPort: number
  smtpPort: number
  messages(): StoredMessage[]
  stop(): Promise<void>
}

/** Takes mail over SMTP and shows it as a web page and as JSON. Nothing is kept after stop. */
export async function startMailbox(options: MailboxOptions): Promise<RunningMailbox> {
  const store = new MessageStore()
  const faults = new MailFaults()
  const smtp = await startSmtp(options.smtpPort, store, faults)
  try {
    const web = await listenLocally(options.httpPort, 'MERCAT_MAIL_PORT', (request, response) =>
      answer(store, faults, request, response),
    )
    return {
      url: `http://127.0.0.1:${web.port}`,
      httpPort: web.port,
      smtpPort: smtp.port,
      messages: () => store.list(),
      async stop() {
        await Promise.all([smtp.stop(), web.close()])
      },
    }
  } catch (error) {
    await smtp.stop()
    throw error
  }
}

async function answer(
  store: MessageStore,
  faults: MailFaults,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
  switch (`${request.method} ${pathname}`) {
    case 'GET /':
      return send(response, 200, 'text/html; charset=utf-8', mailboxPage)
    case 'GET /api/messages':
      return sendJson(response, 200, store.list(searchParams.get('to') ?? undefined))
    case 'DELETE /api/messages':
      store.clear()
      return sendNothing(response)
    case 'GET /api/faults':
      return sendJson(response, 200, faults.list())
    case 'POST /api/faults': {
      const fault = await readJson(request, faultSchema)
      faults.add(fault)
      return sendJson(response, 201, fault)
    }
    case 'DELETE /api/faults':
      faults.clear()
      return sendNothing(response)
    default:
      return answerMessage(store, request, response, pathname)
  }
}

function answerMessage(store: MessageStore, request: IncomingMessage, response: ServerResponse, path: string): void {
  const [, id, source] = /^\/api\/messages\/([^/]+)(\/source)?$/.exec(path) ?? []
  const found = id === undefined || request.method !== 'GET' ? undefined : store.find(id)
  if (found === undefined) throw new HttpFailure(404, `there is no ${request.method} ${path}`)
  if (source === undefined) sendJson(response, 200, found.message)
  else send(response, 200, 'text/plain; charset=utf-8', found.source.toString('utf8'))
}
