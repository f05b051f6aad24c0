import type { emailTemplates } from '../../../src/db/schema/email.ts'

export type EmailTemplateRow = typeof emailTemplates.$inferInsert

const FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
const INK = '#1f2933'
const MUTED = '#616e7c'
const RULE = '#e4e7eb'
const ACCENT = '#0b6e4f'

/** Width of the text part's tables: 48 for what, 14 for how much. The filters `left` and `right` keep to it. */
export const TEXT_RULE = '-'.repeat(62)

export const paragraph = (text: string): string =>
  `<p style="margin:0 0 16px;${FONT};font-size:16px;line-height:24px;color:${INK}">${text}</p>`

export const small = (text: string): string =>
  `<p style="margin:0 0 8px;${FONT};font-size:13px;line-height:20px;color:${MUTED}">${text}</p>`

export const heading = (text: string): string =>
  `<h2 style="margin:24px 0 8px;${FONT};font-size:14px;line-height:20px;color:${MUTED};font-weight:600">${text}</h2>`

/** `url` is a Liquid expression. */
export const button = (label: string, url: string): string =>
  `<table role="presentation" cellpadding="0" cellspacing="0" style="margin:8px 0 24px"><tr>
<td style="background:${ACCENT};border-radius:6px"><a href="{{ ${url} | track }}" style="display:inline-block;padding:12px 24px;${FONT};font-size:16px;line-height:20px;color:#ffffff;text-decoration:none">${label}</a></td>
</tr></table>`

const cell = (content: string, align: 'left' | 'right', weight: 400 | 600): string =>
  `<td style="padding:8px 0;border-top:1px solid ${RULE};${FONT};font-size:15px;line-height:22px;color:${INK};font-weight:${weight};text-align:${align};vertical-align:top${align === 'right' ? ';white-space:nowrap;padding-left:16px' : ''}">${content}</td>`

/** One row of a two-column table: what, and how much. */
export const row = (what: string, amount: string, weight: 400 | 600 = 400): string =>
  `<tr>${cell(what, 'left', weight)}${cell(amount, 'right', weight)}</tr>`

export const table = (rows: string): string =>
  `<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="margin:0 0 16px;border-collapse:collapse">
${rows}
</table>`

/** The whole document around a body. `title` and `body` are Liquid. */
export const page = (title: string, body: string, footer: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light">
<title>${title}</title>
</head>
<body style="margin:0;padding:0;background:#f5f7fa">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="background:#f5f7fa"><tr><td align="center" style="padding:24px 12px">
<table role="presentation" width="600" cellpadding="0" cellspacing="0" style="width:100%;max-width:600px;background:#ffffff;border:1px solid ${RULE};border-radius:8px">
<tr><td style="padding:24px 32px 0;${FONT};font-size:18px;line-height:24px;font-weight:700"><a href="{{ storefront_url | track }}" style="color:${ACCENT};text-decoration:none">Mercat</a></td></tr>
<tr><td style="padding:16px 32px 8px"><h1 style="margin:0;${FONT};font-size:24px;line-height:32px;color:${INK}">${title}</h1></td></tr>
<tr><td style="padding:0 32px 24px">
${body}
</td></tr>
<tr><td style="padding:16px 32px 24px;border-top:1px solid ${RULE}">
${small(footer)}
</td></tr>
</table>
</td></tr></table>
</body>
</html>
`

/** The text part: title, body and footer with an empty line between them. */
export const textPage = (title: string, body: string, footer: string): string => `${title}

${body.trim()}

-- 
${footer}
Mercat · {{ storefront_url | track }}
`

export const GREETING_HTML = paragraph('Hello{% if name %} {{ name }}{% endif %},')
export const GREETING_TEXT = 'Hello{% if name %} {{ name }}{% endif %},'
