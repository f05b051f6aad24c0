import type { EmailTemplateRow } from './emails/layout.ts'
import { noticeEmails } from './emails/notices.ts'
import { orderEmails } from './emails/order-emails.ts'

/** The emails of a new shop, in Liquid. Made to be edited: seeding again leaves those that are there alone. */
export const emailTemplates: EmailTemplateRow[] = [...orderEmails, ...noticeEmails]
