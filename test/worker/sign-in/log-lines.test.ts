import { expect, test, vi } from 'vitest'
import { ANOTHER_PASSWORD, emailedToken, openBrowser, PASSWORD, registerMember } from '../support/accounts.ts'

test('who comes in and what changes about an account stands in the log, without a name or an address', async () => {
  const info = vi.spyOn(console, 'info')
  const warn = vi.spyOn(console, 'warn')
  const { client, id, email, username } = await registerMember()
  await client.post('/v1/auth/email/verify', { token: await emailedToken(email, 'welcome_verification') })
  await client.post('/v1/auth/login', { login: username, password: PASSWORD })
  await client.post('/v1/account/password', { current_password: PASSWORD, password: ANOTHER_PASSWORD })
  await client.patch('/v1/account/email', { email: `new-${email}`, password: ANOTHER_PASSWORD })
  const undo = await emailedToken(email, 'email_change_requested', 'undo_url')
  await client.post('/v1/auth/email/verify', { token: await emailedToken(`new-${email}`, 'email_verification') })
  await (await openBrowser()).post('/v1/auth/email/undo-change', { token: undo })
  const lines = [...info.mock.calls, ...warn.mock.calls].map(([line]) => String(line))
  const events = lines.map((line) => JSON.parse(line)).filter((line) => line.member_id === id)
  expect(events.map(({ event }) => event)).toEqual([
    'member-registered',
    'email-verified',
    'signed-in',
    'password-changed',
    'email-change-requested',
    'email-changed',
    'email-change-undone',
  ])
  expect(events[2]).toMatchObject({ is_known_device: true })
  for (const secret of [email, username, PASSWORD, ANOTHER_PASSWORD]) expect(lines.join('\n')).not.toContain(secret)
})
