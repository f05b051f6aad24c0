import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { Client } from 'pg'
import type { QueryResultRow } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { applyMigrations } from '../../../dev/migrate.ts'
import { startPostgres } from '../../../dev/postgres/server.ts'
import type { RunningPostgres } from '../../../dev/postgres/server.ts'
import { seed } from '../../../drizzle/seed/seed.ts'

const PUBLIC = path.resolve(import.meta.dirname, '../../../public')
const TABLES = [
  'products',
  'product_images',
  'skus',
  'sku_images',
  'product_skus',
  'sku_prices',
  'shipping_methods',
  'discount_codes',
  'order_status_types',
  'terms_versions',
  'email_templates',
  'shop_settings',
]

let postgres: RunningPostgres
let client: Client

beforeAll(async () => {
  postgres = await startPostgres({ port: 0, ephemeral: true })
  await applyMigrations(postgres.connectionString)
  await seed(postgres.connectionString)
  client = new Client({ connectionString: postgres.connectionString })
  await client.connect()
})

afterAll(async () => {
  await client.end()
  await postgres.stop()
})

async function rows<Row extends QueryResultRow>(sql: string): Promise<Row[]> {
  return (await client.query<Row>(sql)).rows
}

async function everything(): Promise<Record<string, unknown[]>> {
  const contents: Record<string, unknown[]> = {}
  for (const table of TABLES) contents[table] = await rows(`select * from ${table} t order by t::text`)
  return contents
}

describe('the sample shop', () => {
  test('has products, SKUs and prices enough to try everything out', async () => {
    const [counts] = await rows<Record<string, number>>(`select
      (select count(*)::int from products where status = 'active') as products,
      (select count(*)::int from skus) as skus,
      (select count(*)::int from skus where on_hand is null) as untracked,
      (select count(*)::int from skus where on_hand between 1 and 5) as scarce,
      (select count(*)::int from skus where inventory_state = 'back_ordered') as back_ordered,
      (select count(*)::int from skus where inventory_state = 'out_of_stock') as out_of_stock,
      (select count(*)::int from sku_prices where effective_at > '2029-12-31') as scheduled,
      (select count(*)::int from (select sku_id from product_skus group by 1 having count(*) > 1) shared) as shared`)
    expect(counts?.['products']).toBeGreaterThanOrEqual(12)
    expect(counts?.['skus']).toBeGreaterThanOrEqual(30)
    const kinds = ['untracked', 'scarce', 'back_ordered', 'out_of_stock', 'scheduled', 'shared']
    expect(kinds.filter((kind) => !counts?.[kind])).toEqual([])
  })

  test('gives every product one main image, and every image is a file of this repository', async () => {
    const wrong =
      await rows(`select p.slug from products p left join product_images i on i.product_id = p.id and i.is_main
      group by p.id having count(i.id) <> 1`)
    expect(wrong).toEqual([])
    const images = await rows<{ url: string }>('select url from product_images union select url from sku_images')
    expect(images.filter(({ url }) => !existsSync(path.join(PUBLIC, url)))).toEqual([])
    const forEmails = images.map(({ url }) => url.replace(/svg$/, 'png'))
    expect(forEmails.filter((url) => !existsSync(path.join(PUBLIC, url)))).toEqual([])
  })

  test('has a price that holds today for every SKU, and words for every product', async () => {
    expect(
      await rows(`select code from skus s where not exists (select from sku_prices p
        where p.sku_id = s.id and p.effective_at <= now() and p.currency = 'usd')`),
    ).toEqual([])
    expect(
      await rows(`select slug from products where headline = '' or description_part1 = '' or description_part2 = ''`),
    ).toEqual([])
  })

  test('has a name of its own, and neither templates nor shipping methods hold any', async () => {
    const [shop] = await rows<{ name: string; sender_address: string }>(
      'select name, sender_address from shop_settings',
    )
    expect(shop).toMatchObject({ sender_address: expect.stringContaining('@') })
    expect(shop?.name).not.toMatch(/mercat/i)
    const literal =
      await rows(`select em_cd from email_templates t where t::text ~* 'mercat' or t::text like '%' || $$${shop?.name}$$ || '%'
      or from_address is not null`)
    expect(literal).toEqual([])
  })

  test('has a discount code of every kind and a shipping method that costs nothing', async () => {
    const kinds = await rows<{ kind: string }>('select distinct kind from discount_codes order by kind')
    expect(kinds.map(({ kind }) => kind)).toEqual(['fixed', 'free_shipping', 'percent', 'reduced_shipping'])
    expect(await rows('select code from shipping_methods where active and amount = 0')).toHaveLength(1)
  })
})

describe('seeding again', () => {
  test('changes nothing', async () => {
    const before = await everything()
    await seed(postgres.connectionString)
    expect(await everything()).toEqual(before)
  })

  test('leaves what was edited, and what was taken from a product, as the shop wants it', async () => {
    await client.query(`update products set title = 'Renamed' where slug = 'stoneware-mug'`)
    await client.query(`delete from product_images where caption = 'In sea'`)
    await client.query(`delete from product_skus where sku_id = (select id from skus where code = 'GIFT-SET')`)
    await client.query(`update sku_prices set amount = 1 where sku_id = (select id from skus where code = 'MUG-SEA')`)
    await client.query(`update discount_codes set active = false where code = 'TAKE5'`)
    await client.query(`update shop_settings set name = 'Own Name'`)
    const edited = await everything()
    await seed(postgres.connectionString)
    expect(await everything()).toEqual(edited)
  })

  test('steps aside for a product of the shop that has the same address', async () => {
    await client.query(`delete from products where slug = 'cork-notebook'`)
    await client.query(
      `insert into products (identifier, slug, title) values ('OWN-000001', 'cork-notebook', 'Our own notebook')`,
    )
    const own = await everything()
    await seed(postgres.connectionString)
    expect(await everything()).toEqual(own)
  })
})

describe('docs/operations.md', () => {
  const page = readFileSync(path.resolve(import.meta.dirname, '../../../docs/operations.md'), 'utf8')
  const blocks = [...page.matchAll(/```sql\n([^`]*)```/g)].map(([, sql = '']) =>
    sql.replaceAll(/^(?:BEGIN|COMMIT);$/gm, ''),
  )
  const inText = [...page.matchAll(/`((?:SELECT|UPDATE|INSERT|DELETE) [^`]*)`/g)].map(([, sql = '']) => sql)
  const NOBODY = '00000000-0000-0000-0000-000000000000'

  test.each([...blocks, ...inText.map((sql) => sql.replaceAll('…', NOBODY))])(
    'has a statement that runs: %s',
    async (sql) => {
      await client.query('BEGIN')
      try {
        await expect(client.query(sql)).resolves.toBeDefined()
      } finally {
        await client.query('ROLLBACK')
      }
    },
  )
})
