import { describe, expect, test } from 'vitest'
import { type Client, expectProblem } from '../support/client.ts'
import { db } from '../support/shop.ts'
import {
  type Account,
  ANOTHER_PASSWORD,
  emailedToken,
  memberRow,
  openBrowser,
  PASSWORD,
  registerMember,
  registration,
} from '../support/accounts.ts'

const undoChange = async (token: string) => (await openBrowser()).post('/v1/auth/email/undo-change', { token })

const verify = async (token: string) => (await openBrowser()).post('/v1/auth/email/verify', { token })

/** A member whose address is proven, and whose session and password a thief has too. */
async function registerVictim(): Promise<Account> {
  const account = await registerMember()
  const token = await emailedToken(account.email, 'welcome_verification')
  expect((await account.client.post('/v1/auth/email/verify', { token })).status).toBe(204)
  return account
}

/** Moves the account to another address and answers the link that the one before got to undo it. */
async function moveTo(thief: Client, { from, to }: { from: string; to: string }): Promise<string> {
  expect((await thief.patch('/v1/account/email', { email: to, password: PASSWORD })).status).toBe(200)
  expect((await verify(await emailedToken(to, 'email_verification'))).status).toBe(204)
  return emailedToken(from, 'email_change_requested', 'undo_url')
}

describe('the link that undoes a change of the address', () => {
  test('stays good when a thief undoes a later change, and the address before all changes wins', async () => {
    const { client, email, id } = await registerVictim()
    const [first, second] = [`a-${email}`, `b-${email}`]
    const ofVictim = await moveTo(client, { from: email, to: first })
    const ofThief = await moveTo(client, { from: first, to: second })
    expect((await undoChange(ofThief)).status).toBe(204)
    expect((await memberRow(id)).email).toBe(first)
    expect((await undoChange(ofVictim)).status).toBe(204)
    expect((await memberRow(id)).email).toBe(email)
  })

  test('voids those of the changes after it', async () => {
    const { client, email, id } = await registerVictim()
    const [first, second] = [`a-${email}`, `b-${email}`]
    const ofVictim = await moveTo(client, { from: email, to: first })
    const ofThief = await moveTo(client, { from: first, to: second })
    expect((await undoChange(ofVictim)).status).toBe(204)
    expectProblem(await undoChange(ofThief), 422, 'invalid-token')
    expect((await memberRow(id)).email).toBe(email)
  })

  test('works although an account that nobody has proven has taken the address, and leaves that one without', async () => {
    const { client, email, id } = await registerVictim()
    const undo = await moveTo(client, { from: email, to: `a-${email}` })
    const given = { ...registration(), email: email.toUpperCase() }
    const squatter = (await (await openBrowser()).post('/v1/auth/register', given)).json.id
    expect((await undoChange(undo)).status).toBe(204)
    expect((await memberRow(id)).email).toBe(email)
    expect((await memberRow(squatter)).email).toBe(`no-address-${squatter}@removed.invalid`)
  })

  test('is refused once the owner of another account has proven the address', async () => {
    const { client, email, id } = await registerVictim()
    const undo = await moveTo(client, { from: email, to: `a-${email}` })
    const browser = await openBrowser()
    const other = (await browser.post('/v1/auth/register', { ...registration(), email })).json.id
    await browser.post('/v1/auth/email/verify', { token: await emailedToken(email, 'welcome_verification') })
    expectProblem(await undoChange(undo), 409, 'account-exists')
    expect([(await memberRow(id)).email, (await memberRow(other)).email]).toEqual([`a-${email}`, email])
  })

  test('goes to no address that nobody has proven', async () => {
    const { client, email } = await registerMember()
    await client.patch('/v1/account/email', { email: `new-${email}`, password: PASSWORD })
    const sent = await db`SELECT em_cd FROM email_outbox WHERE to_address = ${email}`
    expect(sent).toEqual([{ em_cd: 'welcome_verification' }])
  })
})

const NEW_PASSWORDS = {
  reset: async ({ email }: Account) => {
    const owner = await openBrowser()
    await owner.post('/v1/auth/password/forgot', { login: email })
    const token = await emailedToken(email, 'password_reset')
    return owner.post('/v1/auth/password/reset', { token, password: ANOTHER_PASSWORD })
  },
  changed: ({ client }: Account) =>
    client.post('/v1/account/password', { current_password: PASSWORD, password: ANOTHER_PASSWORD }),
}

test.each(['reset', 'changed'] as const)('a pending address is taken back when the password is %s', async (how) => {
  const victim = await registerVictim()
  const pending = `thief-${victim.email}`
  expect((await victim.client.patch('/v1/account/email', { email: pending, password: PASSWORD })).status).toBe(200)
  const verifying = await emailedToken(pending, 'email_verification')
  expect((await NEW_PASSWORDS[how](victim)).status).toBe(204)
  expectProblem(await verify(verifying), 422, 'invalid-token')
  expect(await memberRow(victim.id)).toMatchObject({ email: victim.email, pending_email: null })
})
