import { eq } from 'drizzle-orm'
import type { Db } from '../../../db/client.ts'
import { memberDefaultAddresses as addresses } from '../../../db/schema/accounts.ts'
import type { AddressRow } from './account.ts'

export const selectDefaultAddress = (db: Db, memberId: string) =>
  db
    .select({
      name: addresses.name,
      phone: addresses.phone,
      line1: addresses.line1,
      line2: addresses.line2,
      city: addresses.city,
      state: addresses.state,
      postal_code: addresses.postalCode,
      country: addresses.country,
    })
    .from(addresses)
    .where(eq(addresses.memberId, memberId))

export const upsertDefaultAddress = (db: Db, memberId: string, address: AddressRow, now: Date) => {
  const { postal_code: postalCode, ...rest } = address
  const values = { ...rest, postalCode, updatedAt: now }
  return db
    .insert(addresses)
    .values({ memberId, ...values })
    .onConflictDoUpdate({ target: addresses.memberId, set: values })
}

export const deleteDefaultAddress = (db: Db, memberId: string) =>
  db.delete(addresses).where(eq(addresses.memberId, memberId)).returning({ name: addresses.name })
