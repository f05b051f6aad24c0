import type pg from 'pg'
import type { Catalogue } from '../catalogue.ts'
import { GROWING } from './grow.ts'
import { collectPlans, judgePlans } from './plans.ts'
import type { SeenPlan } from './plans.ts'
import { MAY_READ_MUCH, SELDOM, runHot } from './steps.ts'
import type { Subject } from '../measure.ts'
import type { Scene } from '../operations.ts'

/** What is bought and looked at in a grown shop, spread over all of its rows. */
export async function pickCatalogue(db: pg.Client, products: number): Promise<Catalogue> {
  const slugs = await db.query<{ slug: string }>(
    `SELECT slug FROM products WHERE status = 'active' AND slug LIKE 'growth-%' ORDER BY md5(slug) LIMIT $1`,
    [products],
  )
  const skus = await db.query<{ id: string }>(
    `SELECT s.id FROM skus s JOIN product_skus ps ON ps.sku_id = s.id JOIN products p ON p.id = ps.product_id
     WHERE s.inventory_state = 'in_stock' AND p.status = 'active' AND s.code LIKE 'GROWTH-%' ORDER BY md5(s.code) LIMIT $1`,
    [products * 3],
  )
  return { slugs: slugs.rows.map(({ slug }) => slug), skuIds: skus.rows.map(({ id }) => id) }
}

export interface PlanReport {
  /** How many different statements the hot operations sent. */
  statements: number
  /** What would get slower with the shop, by operation; empty if nothing would. */
  found: Record<string, string[]>
  /** The same for the lists that are known to get slower. */
  known: Record<string, string[]>
}

/** Judges the plans of every statement that hot and rare operations send. No step may read more than `limit` rows. */
export async function checkPlans(scene: Scene, operations: Subject[], limit: number): Promise<PlanReport> {
  const hot = await collectPlans(scene.db, () => runHot(scene, operations))
  const report: PlanReport = { statements: new Set(hot.map(({ query }) => query)).size, found: {}, known: {} }
  const judge = (name: string, plans: SeenPlan[], into: Record<string, string[]>) => {
    const lines = judgePlans(plans, GROWING, limit)
    if (lines.length > 0) into[name] = lines
  }
  judge('hot', hot, report.found)
  for (const [name, run] of Object.entries(SELDOM)) {
    const plans = await collectPlans(scene.db, () => run(scene))
    judge(name, plans, MAY_READ_MUCH.includes(name) ? report.known : report.found)
  }
  return report
}
