import { z } from '@hono/zod-openapi'
import { AppError } from './errors.ts'

export const PAGE_SIZE_MAX = 50

export const pageQuerySchema = z.object({
  limit: z.coerce.number().int().min(1).max(PAGE_SIZE_MAX).default(20).openapi({ example: 20 }),
  cursor: z.string().max(500).optional().openapi({ description: '`next_cursor` of the previous page' }),
})

export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), next_cursor: z.string().nullable() })

const toBase64Url = (text: string): string =>
  btoa(String.fromCharCode(...new TextEncoder().encode(text)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')

const fromBase64Url = (text: string): string =>
  new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(
    Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0)),
  )

/** An opaque keyset cursor: the sort key of the last row shown. */
export const encodeCursor = (key: unknown): string => toBase64Url(JSON.stringify(key))

/** Decodes a cursor. Throws `invalid-cursor` unless `encodeCursor` made it from a key of this shape. */
export function decodeCursor<T>(cursor: string, schema: z.ZodType<T>): T {
  try {
    return schema.parse(JSON.parse(fromBase64Url(cursor)))
  } catch (cause) {
    throw new AppError('invalid-cursor', 'This is not a cursor of this list.', {
      errors: [{ field: 'cursor', code: 'invalid-cursor', message: 'Use next_cursor of the previous page.' }],
      cause,
    })
  }
}

/** Cuts `limit + 1` rows to a page of `limit`; the extra row shows that there is a next page. */
export function toPage<Row, Item>(
  rows: Row[],
  limit: number,
  toItem: (row: Row) => Item,
  keyOf: (row: Row) => unknown,
): { items: Item[]; next_cursor: string | null } {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return {
    items: shown.map(toItem),
    next_cursor: rows.length > limit && last !== undefined ? encodeCursor(keyOf(last)) : null,
  }
}
