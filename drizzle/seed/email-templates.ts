import type { emailTemplates as emailTemplatesTable } from '../../src/db/schema/email.ts'

export const emailTemplates: (typeof emailTemplatesTable.$inferInsert)[] = []
