import type { EmailTemplateRow } from './layout.ts'
import { noticeEmails } from './notices.ts'
import { orderEmails } from './order-emails.ts'

/**
 * The templates of a new shop, in Liquid. The seed writes them into `email_templates`, where operators edit them. If an
 * edited template cannot be used, the email is sent with the text here.
 */
export const BUILT_IN_TEMPLATES: EmailTemplateRow[] = [...orderEmails, ...noticeEmails]

export const findBuiltInTemplate = (emCd: string): EmailTemplateRow | undefined =>
  BUILT_IN_TEMPLATES.find((template) => template.emCd === emCd)
