import { randomUUID } from 'node:crypto'
import PostalMime from 'postal-mime'
import type { Address } from 'postal-mime'
import { z } from 'zod'

/** One received message, as `GET /api/messages` gives it. `text` and `html` are empty when the message has no such part. */
export const storedMessageSchema = z.object({
  id: z.string(),
  from: z.string(),
  to: z.array(z.string()),
  subject: z.string(),
  text: z.string(),
  html: z.string(),
  /** Lower-case name to value; a header that came several times has its values joined by ", ". */
  headers: z.record(z.string(), z.string()),
  received_at: z.string(),
  /** Who the SMTP commands named: blind copies are only here. */
  envelope: z.object({ from: z.string(), to: z.array(z.string()) }),
  attachments: z.array(z.object({ filename: z.string(), mime_type: z.string(), size: z.int() })),
})
export type StoredMessage = z.infer<typeof storedMessageSchema>

/** The oldest messages are dropped, so that a long load test does not fill the memory. */
const KEPT_MESSAGES = 5000

export class MessageStore {
  private messages: { message: StoredMessage; source: Buffer }[] = []

  async add(source: Buffer, envelope: StoredMessage['envelope']): Promise<StoredMessage> {
    const message = await parseMessage(source, envelope)
    this.messages = [{ message, source }, ...this.messages].slice(0, KEPT_MESSAGES)
    return message
  }

  /** Newest first; with an address, only those that it appears in as a recipient, blind copies included. */
  list(recipient?: string): StoredMessage[] {
    const all = this.messages.map(({ message }) => message)
    if (recipient === undefined) return all
    const wanted = recipient.toLowerCase()
    return all.filter(({ to, envelope }) => [...to, ...envelope.to].some((each) => each.toLowerCase() === wanted))
  }

  find(id: string): { message: StoredMessage; source: Buffer } | undefined {
    return this.messages.find(({ message }) => message.id === id)
  }

  clear(): void {
    this.messages = []
  }
}

async function parseMessage(source: Buffer, envelope: StoredMessage['envelope']): Promise<StoredMessage> {
  const parsed = await PostalMime.parse(source, { attachmentEncoding: 'arraybuffer' })
  const headers: Record<string, string> = {}
  for (const { key, value } of parsed.headers) headers[key] = key in headers ? `${headers[key]}, ${value}` : value
  const to = addressesOf(parsed.to ?? [])
  return {
    id: randomUUID(),
    from: addressesOf(parsed.from === undefined ? [] : [parsed.from])[0] ?? envelope.from,
    to: to.length > 0 ? to : envelope.to,
    subject: parsed.subject ?? '',
    text: parsed.text ?? '',
    html: parsed.html ?? '',
    headers,
    received_at: new Date().toISOString(),
    envelope,
    attachments: parsed.attachments.map(({ filename, mimeType, content }) => ({
      filename: filename ?? '',
      mime_type: mimeType,
      size: typeof content === 'string' ? content.length : content.byteLength,
    })),
  }
}

function addressesOf(list: Address[]): string[] {
  return list.flatMap((each) => (each.group === undefined ? [each.address] : each.group.map(({ address }) => address)))
}
