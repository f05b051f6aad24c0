import { expect, inject } from 'vitest'

const api = inject('mailApi')

export type ReceivedEmail = {
  id: string
  from: string
  to: string[]
  subject: string
  text: string
  html: string
  headers: Record<string, string>
  envelope: { from: string; to: string[] }
}

/** What the mailbox holds for an address, newest first. */
export async function emailsTo(address: string): Promise<ReceivedEmail[]> {
  return (await fetch(`${api}/messages?to=${encodeURIComponent(address)}`)).json()
}

/** Waits for exactly one email to this address. */
export async function oneEmailTo(address: string): Promise<ReceivedEmail> {
  await expect.poll(async () => (await emailsTo(address)).length, { timeout: 5_000 }).toBe(1)
  const [email] = await emailsTo(address)
  return email!
}

/** Makes the mail server fail for the next emails to this address. */
export async function failMail(
  to: string,
  mode: 'reject' | 'temporary' | 'timeout' | 'drop_after_accept',
  times = 1,
): Promise<void> {
  const answer = await fetch(`${api}/faults`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ mode, times, to }),
  })
  expect(answer.status).toBe(201)
}
