import { vi } from 'vitest'
import { db, unique } from './shop.ts'

const AHEAD_MS = 10 * 60_000

const announced: string[] = []

/** Terms that hold in ten minutes; `takeEffect` puts the Worker's clock to that moment. */
export async function announceTerms(kind: 'sale' | 'use'): Promise<{ version: string; takeEffect: () => void }> {
  const version = unique('terms')
  const effectiveAt = new Date(Date.now() + AHEAD_MS)
  await db`INSERT INTO terms_versions (kind, version, body, effective_at)
    VALUES (${kind}, ${version}, '# New terms', ${effectiveAt.toISOString()})`
  announced.push(version)
  return { version, takeEffect: () => void vi.useFakeTimers({ toFake: ['Date'], now: effectiveAt }) }
}

/** Ends what `announceTerms` began: other tests share the database. */
export async function withdrawAnnouncedTerms(): Promise<void> {
  vi.useRealTimers()
  await db`DELETE FROM terms_versions WHERE version = ANY (${announced.splice(0)})`
}
