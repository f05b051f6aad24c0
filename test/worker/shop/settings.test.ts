import { afterEach, describe, expect, it } from 'vitest'
import { createClient } from '../support/client.ts'
import { createOrderEmail, createOutboxRow, deliverEmail, outboxRow } from '../support/email.ts'
import { oneEmailTo } from '../support/mailbox.ts'
import { db, unique } from '../support/shop.ts'

const [seeded] = await db`SELECT * FROM shop_settings`

afterEach(async () => {
  await db`DELETE FROM shop_settings`
  await db`INSERT INTO shop_settings SELECT * FROM jsonb_populate_record(NULL::shop_settings, ${JSON.stringify(seeded)}::jsonb)`
})

/** Answers are cached by address: a client of a new one is the first to ask. */
function createFirstClient() {
  const origin = `http://${unique('shop')}.test`
  return createClient({ PUBLIC_API_URL: origin }, { origin })
}

describe('the settings of the shop', () => {
  it('are public but for the sender, with currency, countries and languages, from the edge cache', async () => {
    const client = createFirstClient()
    const answer = await client.get('/v1/shop')
    expect(answer.status).toBe(200)
    expect(answer.json).toEqual({
      name: seeded!.name,
      legal_name: seeded!.legal_name,
      imprint_address: seeded!.imprint_address.split('\n'),
      logo: expect.stringMatching(/^http:\/\/shop-.*\.test\/images\/shop\/logo\.png$/),
      colors: {
        accent: seeded!.accent_color,
        accent_dark: seeded!.accent_color_dark,
        on_accent: '#ffffff',
        on_accent_dark: '#000000',
      },
      support_email: seeded!.support_email,
      time_zone: seeded!.time_zone,
      social_links: seeded!.social_links,
      currency: 'usd',
      shipping_countries: expect.arrayContaining(['US', 'ES']),
      languages: ['en', 'es'],
    })
    expect(answer.headers.get('X-Cache')).toBe('miss')
    const again = await client.get('/v1/shop')
    expect(again.headers.get('X-Cache')).toBe('hit')
    const etag = again.headers.get('ETag') ?? ''
    expect((await client.get('/v1/shop', { 'If-None-Match': etag })).status).toBe(304)
  })

  it('name the shop in every email: sender, subject, text and HTML, with its colours and dates of its time zone', async () => {
    await db`UPDATE shop_settings SET name = 'Hilo & Barro', sender_name = 'Hilo y Barro', sender_address = 'hola@hilo.example',
      accent_color = '#7a1f3d', legal_name = 'Hilo y Barro SL', time_zone = 'Pacific/Kiritimati'`
    const to = `${unique('reader')}@example.com`
    const variables = {
      verify_url: 'https://hilo.example/verify-email?token=x',
      disown_url: 'https://hilo.example/disown-account?token=y',
    }
    await deliverEmail(await createOutboxRow({ emCd: 'welcome_verification', to, variables }))
    const welcome = await oneEmailTo(to)
    expect(welcome.from).toBe('hola@hilo.example')
    expect(welcome.headers['from']).toContain('Hilo y Barro')
    expect(welcome.subject).toContain('Hilo & Barro')
    expect(welcome.text).toContain('Hilo y Barro SL')
    expect(welcome.html).toContain('Hilo &amp; Barro')
    expect(welcome.html).toContain('#7a1f3d')
    expect(welcome.html).not.toContain(seeded!.name)

    const { orderId, outboxId, email } = await createOrderEmail()
    await db`UPDATE orders SET placed_at = '2026-03-01T12:00:00Z' WHERE id = ${orderId}`
    await deliverEmail(outboxId)
    // Kiritimati is fourteen hours ahead of UTC.
    expect((await oneEmailTo(email)).text).toContain('March 2, 2026')
  })

  it('are wanted before an email goes out: without them it waits, and the API says what is missing', async () => {
    await db`DELETE FROM shop_settings`
    const { outboxId } = await createOrderEmail()
    expect((await deliverEmail(outboxId)).retriedIn).toBeGreaterThan(0)
    expect(await outboxRow(outboxId)).toMatchObject({
      status: 'pending',
      last_error: expect.stringContaining('shop_settings'),
    })
    const answer = await createFirstClient().get('/v1/shop')
    expect(answer.status).toBe(500)
    expect(answer.json).toMatchObject({ code: 'misconfigured', detail: expect.stringContaining('shop_settings') })
  })

  it.each([
    ['shop_name_is_one_line', 'name', 'Two\nlines'],
    ['shop_name_is_one_line', 'name', ''],
    ['shop_name_is_one_line', 'name', '<b>Shop</b>'],
    ['shop_legal_name_is_one_line', 'legal_name', ''],
    ['shop_imprint_address_given', 'imprint_address', ' '],
    ['shop_logo_is_an_address', 'logo_url', 'http://insecure.example/logo.png'],
    ['shop_logo_is_an_address', 'logo_url', '//elsewhere.example/logo.png'],
    ['shop_logo_is_an_address', 'logo_url', 'javascript:alert(1)'],
    ['shop_accent_is_a_color', 'accent_color', 'red; background: url(//x)'],
    ['shop_accent_dark_is_a_color', 'accent_color_dark', '#FFF'],
    ['shop_support_email_is_an_address', 'support_email', 'nobody'],
    ['shop_sender_name_is_one_line', 'sender_name', 'Shop\r\nBcc: all@example.com'],
    ['shop_sender_is_an_address', 'sender_address', 'a@b@c'],
    ['shop_time_zone_known', 'time_zone', 'UTC+3'],
    ['shop_social_links_are_links', 'social_links', '[{"name":"X","url":"javascript:alert(1)"}]'],
    ['shop_social_links_are_links', 'social_links', '[{"url":"https://x.example"}]'],
    ['shop_social_links_are_links', 'social_links', '{}'],
  ])('are kept sound by %s: %s cannot be %j', async (constraint, column, value) => {
    const write = db.query(`UPDATE shop_settings SET ${column} = $1`, [value])
    await expect(write).rejects.toMatchObject({ constraint })
  })

  it('refuse a time zone that nobody knows, and a second row', async () => {
    await expect(db`UPDATE shop_settings SET time_zone = 'Europe/Atlantis'`).rejects.toThrow(/not recognized/)
    await expect(db`INSERT INTO shop_settings SELECT * FROM shop_settings`).rejects.toMatchObject({ code: '23505' })
    const other = { ...seeded, id: false }
    await expect(
      db`INSERT INTO shop_settings SELECT * FROM jsonb_populate_record(NULL::shop_settings, ${JSON.stringify(other)}::jsonb)`,
    ).rejects.toMatchObject({ constraint: 'shop_settings_one_row' })
  })
})
