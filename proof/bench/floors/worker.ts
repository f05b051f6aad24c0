import { scrypt } from 'node:crypto'
import { neon, neonConfig } from '@neondatabase/serverless'
import { Hono } from 'hono'

// What the hardware, the runtime and the driver cost before any shop is built on them: nothing here validates, signs,
// logs or sets a header.

type Env = { DATABASE_URL: string; NEON_FETCH_ENDPOINT: string; STRIPE_API_BASE: string; STRIPE_SECRET_KEY: string }
type Query = { query: string; params: unknown[] }

declare const caches: { default: { match(url: string): Promise<unknown> } }

const answers = new Map<string, object>()
const app = new Hono<{ Bindings: Env }>()

/** Remembers an answer of Mercat's, for `GET` to give the same JSON without doing anything for it. */
app.put('/json/:name', async (c) => {
  answers.set(c.req.param('name'), await c.req.json<object>())
  return c.body(null, 204)
})
app.get('/json/:name', (c) => c.json(answers.get(c.req.param('name')) ?? {}))

function sqlOf(env: Env) {
  neonConfig.fetchEndpoint = env.NEON_FETCH_ENDPOINT
  return neon(env.DATABASE_URL)
}

/** One row by its primary key, all of its columns. */
app.get('/row/:id', async (c) =>
  c.json(await sqlOf(c.env).query('SELECT * FROM products WHERE id = $1', [c.req.param('id')])),
)

/** One row changed by its primary key, and answered. */
app.post('/cart/:id', async (c) => {
  const change = 'UPDATE carts SET version = version + 1, updated_at = now() WHERE id = $1 RETURNING *'
  return c.json(await sqlOf(c.env).query(change, [c.req.param('id')]))
})

/** Statements as they come, in one transaction and one round trip. */
app.post('/batch', async (c) => {
  const { queries } = await c.req.json<{ queries: Query[] }>()
  const sql = sqlOf(c.env)
  const results = await sql.transaction(queries.map(({ query, params }) => sql.query(query, params)))
  return c.json({ statements: results.length })
})

/** One session read from Stripe, with what Mercat asks to have expanded; over bare fetch, without the SDK. */
app.get('/session/:id', async (c) => {
  const url = `${c.env.STRIPE_API_BASE}/v1/checkout/sessions/${c.req.param('id')}?expand[0]=payment_intent.latest_charge`
  const answer = await fetch(url, { headers: { Authorization: `Bearer ${c.env.STRIPE_SECRET_KEY}` } })
  const session: unknown = await answer.json()
  return c.json({ object: typeof session })
})

/** Looks up what is not in the edge cache. */
app.get('/not-cached/:id', async (c) => {
  const found = await caches.default.match(`https://floors.example/${c.req.param('id')}`)
  return c.json({ found: found !== undefined })
})

/** One password hash at Mercat's cost. */
app.get('/hash', async (c) => {
  const hash = await new Promise<string>((resolve, reject) => {
    scrypt('Grey-Heron-42', 'sixteen bytes ..', 32, { N: 2 ** 14, r: 8, p: 5, maxmem: 2 ** 25 }, (error, key) =>
      error === null ? resolve(key.toString('hex')) : reject(error),
    )
  })
  return c.json({ hash })
})

export default app
