import type { emailTemplates } from '../../../db/schema/email.ts'

export type EmailTemplateRow = typeof emailTemplates.$inferInsert

const FONT = "font-family:-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
const TITLE_FONT = "font-family:Georgia,'Times New Roman',serif"

/** The light colours. Each is used with a class, for which the style sheet has another colour in dark mode. */
const GROUND = '#f4f3ef'
const CARD = '#ffffff'
const INK = '#23271f'
const MUTED = '#686e62'
const RULE = '#e4e3dc'

const STYLES = `:root { color-scheme: light dark; supported-color-schemes: light dark }
a { text-decoration-thickness: 1px; text-underline-offset: 2px }
@media (max-width: 480px) { .pad { padding-left: 20px !important; padding-right: 20px !important } }
@media (prefers-color-scheme: dark) {
.ground { background: #141613 !important } .card { background: #1d201b !important; border-color: #30352c !important }
.ink { color: #ecede6 !important } .muted { color: #a6ac9d !important } .rule { border-color: #30352c !important }
.accent { color: {{ shop.accent_dark }} !important } .fill { background: {{ shop.accent_dark }} !important }
.on-fill { color: {{ shop.on_accent_dark }} !important } .picture { background: #f4f3ef !important }
}`

/** The width of tables in the text part: 48 for the item and 14 for the amount, as in the filters `left` and `right`. */
export const TEXT_RULE = '-'.repeat(62)

export const paragraph = (text: string): string =>
  `<p class="ink" style="margin:0 0 16px;${FONT};font-size:16px;line-height:25px;color:${INK}">${text}</p>`

export const small = (text: string): string =>
  `<p class="muted" style="margin:0 0 8px;${FONT};font-size:13px;line-height:20px;color:${MUTED}">${text}</p>`

export const heading = (text: string): string =>
  `<h2 class="muted" style="margin:24px 0 8px;${FONT};font-size:12px;line-height:18px;letter-spacing:.08em;text-transform:uppercase;color:${MUTED};font-weight:600">${text}</h2>`

/** A link in running text; `url` is a Liquid expression without filters. */
export const link = (label: string, url: string): string =>
  `<a class="accent" href="{{ ${url} }}" style="color:{{ shop.accent }}">${label}</a>`

/** `url` is a Liquid expression. */
export const button = (label: string, url: string): string =>
  `<table role="presentation" cellpadding="0" cellspacing="0" style="margin:8px 0 24px"><tr>
<td class="fill" style="background:{{ shop.accent }};border-radius:8px"><a class="on-fill" href="{{ ${url} | track }}" style="display:inline-block;padding:13px 26px;${FONT};font-size:16px;line-height:20px;font-weight:600;color:{{ shop.on_accent }};text-decoration:none">${label}</a></td>
</tr></table>`

const cell = (content: string, align: 'left' | 'right', weight: 400 | 600): string =>
  `<td class="ink rule" style="padding:10px 0;border-top:1px solid ${RULE};${FONT};font-size:15px;line-height:22px;color:${INK};font-weight:${weight};text-align:${align};vertical-align:top${align === 'right' ? ';white-space:nowrap;padding-left:16px' : ''}">${content}</td>`

/** A row of a table with an item and an amount. */
export const row = (what: string, amount: string, weight: 400 | 600 = 400): string =>
  `<tr>${cell(what, 'left', weight)}${cell(amount, 'right', weight)}</tr>`

/** A row of a list of names and values, which may be long. */
export const fact = (name: string, value: string): string =>
  `<tr>${cell(name, 'left', 600)}<td class="ink rule" style="padding:10px 0 10px 16px;border-top:1px solid ${RULE};${FONT};font-size:15px;line-height:22px;color:${INK};vertical-align:top;word-break:break-word">${value}</td></tr>`

/** An item with details in smaller type below it, and an image; `image` is a Liquid expression. */
export const pictured = (image: string, title: string, details: string): string =>
  `<table role="presentation" cellpadding="0" cellspacing="0"><tr>
{% if ${image} %}<td style="padding:2px 14px 2px 0;vertical-align:top"><img class="picture" src="{{ ${image} }}" width="64" height="64" alt="" style="display:block;border:0;border-radius:8px;background:${GROUND}"></td>{% endif %}
<td class="ink" style="vertical-align:top;${FONT};font-size:15px;line-height:22px;color:${INK}"><strong style="font-weight:600">${title}</strong><br><span class="muted" style="font-size:13px;line-height:20px;color:${MUTED}">${details}</span></td>
</tr></table>`

export const table = (rows: string): string =>
  `<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="margin:0 0 16px;border-collapse:collapse">
${rows}
</table>`

const HEADER = `<a href="{{ storefront_url | track }}" class="ink" style="color:${INK};text-decoration:none">{% if shop.logo_url %}<img src="{{ shop.logo_url }}" width="36" height="36" alt="" style="border:0;vertical-align:middle;margin-right:10px">{% endif %}<span style="${TITLE_FONT};font-size:21px;line-height:36px;vertical-align:middle">{{ shop.name }}</span></a>`

const IMPRINT = `${small('{{ shop.legal_name }} · {{ shop.address | join: ", " }}')}
${small(
  `${link('{{ shop.support_email }}', 'shop.support_email | prepend: "mailto:"')}{% for social in shop.social_links %} · ${link('{{ social.name }}', 'social.url')}{% endfor %}`,
)}`

/** The HTML document around a body. `title`, `body` and `footer` are Liquid. */
export const page = (title: string, body: string, footer: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${title}</title>
<style>
${STYLES}
</style>
</head>
<body class="ground" style="margin:0;padding:0;background:${GROUND}">
<table role="presentation" class="ground" width="100%" cellpadding="0" cellspacing="0" style="background:${GROUND}"><tr><td align="center" style="padding:28px 12px">
<table role="presentation" width="600" cellpadding="0" cellspacing="0" style="width:100%;max-width:600px">
<tr><td class="pad ink" style="padding:0 36px 20px;color:${INK}">${HEADER}</td></tr>
</table>
<table role="presentation" class="card" width="600" cellpadding="0" cellspacing="0" style="width:100%;max-width:600px;background:${CARD};border:1px solid ${RULE};border-radius:14px;border-collapse:separate">
<tr><td class="pad" style="padding:32px 36px 4px"><h1 class="ink" style="margin:0 0 16px;${TITLE_FONT};font-weight:400;font-size:28px;line-height:36px;color:${INK}">${title}</h1></td></tr>
<tr><td class="pad" style="padding:0 36px 20px">
${body}
</td></tr>
</table>
<table role="presentation" width="600" cellpadding="0" cellspacing="0" style="width:100%;max-width:600px">
<tr><td class="pad" style="padding:20px 36px">
${small(footer)}
${IMPRINT}
</td></tr>
</table>
</td></tr></table>
</body>
</html>
`

/** The text part: title, body and footer, with empty lines between them. */
export const textPage = (title: string, body: string, footer: string): string => `${title}

${body.trim()}

-- 
${footer}

{{ shop.name }} · {{ storefront_url | track }}
{{ shop.legal_name }} · {{ shop.address | join: ", " }}
{{ shop.support_email }}
`

export const GREETING_HTML = paragraph('Hello{% if name %} {{ name }}{% endif %},')
export const GREETING_TEXT = 'Hello{% if name %} {{ name }}{% endif %},'
