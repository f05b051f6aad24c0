import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startMailbox } from '../../../dev/mailbox/server.ts'
import type { RunningMailbox } from '../../../dev/mailbox/server.ts'
import { storedMessageSchema } from '../../../dev/mailbox/store.ts'
import type { StoredMessage } from '../../../dev/mailbox/store.ts'
import { sendMail } from './smtp-client.ts'

const SOURCE = `From: Mercat <orders@shop.example>
To: Zoë <zoe@example.com>, bob@example.com
Subject: =?utf-8?Q?Order_confirmed_=E2=9C=93?=
Message-ID: <one@shop.example>
X-Twice: a
X-Twice: b
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary=cut

--cut
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

Gr=C3=BC=C3=9Fe
.dot at the start
--cut
Content-Type: text/html; charset=utf-8

<p>Hello <b>there</b></p>
--cut--
`

let mailbox: RunningMailbox

beforeAll(async () => {
  mailbox = await startMailbox({ httpPort: 0, smtpPort: 0 })
})
afterAll(() => mailbox.stop())
beforeEach(async () => {
  await fetch(`${mailbox.url}/api/messages`, { method: 'DELETE' })
  await fetch(`${mailbox.url}/api/faults`, { method: 'DELETE' })
})

const deliver = (to = ['zoe@example.com', 'hidden@example.com'], source = SOURCE, patienceMs?: number) =>
  sendMail(mailbox.smtpPort, { from: 'bounce@shop.example', to, source }, patienceMs)

async function listMessages(query = ''): Promise<StoredMessage[]> {
  const answer = await fetch(`${mailbox.url}/api/messages${query}`)
  return storedMessageSchema.array().parse(await answer.json())
}

async function addFault(fault: unknown): Promise<number> {
  const answer = await fetch(`${mailbox.url}/api/faults`, { method: 'POST', body: JSON.stringify(fault) })
  return answer.status
}

describe('messages', () => {
  test('a multipart message is shown with its parts decoded and its headers by lower-case name', async () => {
    expect(await deliver()).toMatch(/^250 /)
    const [message] = await listMessages()
    expect(message).toMatchObject({
      from: 'orders@shop.example',
      to: ['zoe@example.com', 'bob@example.com'],
      subject: 'Order confirmed ✓',
      text: 'Grüße\n.dot at the start\n',
      headers: { 'message-id': '<one@shop.example>', 'x-twice': 'a, b' },
      envelope: { from: 'bounce@shop.example', to: ['zoe@example.com', 'hidden@example.com'] },
    })
    expect(message?.html).toContain('<b>there</b>')
    expect(Date.parse(message?.received_at ?? '')).toBeCloseTo(Date.now(), -5)
  })

  test('the newest message comes first, one can be read by id, and all can be deleted', async () => {
    await deliver(['a@example.com'], 'Subject: first\n\n1')
    await deliver(['b@example.com'], 'Subject: second\n\n2')
    const messages = await listMessages()
    expect(messages.map(({ subject, to }) => ({ subject, to }))).toEqual([
      { subject: 'second', to: ['b@example.com'] },
      { subject: 'first', to: ['a@example.com'] },
    ])
    const one = await fetch(`${mailbox.url}/api/messages/${messages[1]?.id}`)
    expect(await one.json()).toEqual(messages[1])
    const source = await fetch(`${mailbox.url}/api/messages/${messages[1]?.id}/source`)
    expect(await source.text()).toContain('Subject: first\r\n\r\n1')
    expect(await listMessages('?to=b@example.com')).toHaveLength(1)
    await fetch(`${mailbox.url}/api/messages`, { method: 'DELETE' })
    expect(await listMessages()).toEqual([])
    expect((await fetch(`${mailbox.url}/api/messages/${messages[1]?.id}`)).status).toBe(404)
  })

  test('the web page shows a message in a frame that runs no scripts', async () => {
    const page = await (await fetch(mailbox.url)).text()
    expect(page).toContain("setAttribute('sandbox'")
    expect(page).not.toMatch(/allow-scripts|allow-same-origin|src="http/)
  })
})

describe('faults', () => {
  test('reject refuses for good and keeps nothing', async () => {
    expect(await addFault({ mode: 'reject', times: 1 })).toBe(201)
    expect(await deliver()).toMatch(/^550 /)
    expect(await listMessages()).toEqual([])
    expect(await deliver()).toMatch(/^250 /)
  })

  test('temporary refuses for now, as often as asked', async () => {
    await addFault({ mode: 'temporary', times: 2 })
    expect(await deliver()).toMatch(/^451 /)
    expect(await deliver()).toMatch(/^451 /)
    expect(await deliver()).toMatch(/^250 /)
    expect(await listMessages()).toHaveLength(1)
  })

  test('timeout never answers and keeps nothing', async () => {
    await addFault({ mode: 'timeout' })
    expect(await deliver(undefined, SOURCE, 300)).toBe('silent')
    expect(await listMessages()).toEqual([])
  })

  test('drop_after_accept keeps the message and hangs up without an answer', async () => {
    await addFault({ mode: 'drop_after_accept' })
    expect(await deliver()).toBe('closed')
    expect(await listMessages()).toHaveLength(1)
  })

  test('a fault for one recipient leaves the others alone', async () => {
    await addFault({ mode: 'reject', to: 'zoe@example.com' })
    expect(await deliver(['bob@example.com'])).toMatch(/^250 /)
    expect(await deliver(['zoe@example.com'])).toMatch(/^550 /)
  })

  test('an unknown mode is refused', async () => {
    expect(await addFault({ mode: 'explode' })).toBe(400)
  })
})
