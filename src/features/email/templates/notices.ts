import {
  button,
  type EmailTemplateRow,
  fact,
  GREETING_HTML,
  GREETING_TEXT,
  link,
  page,
  paragraph,
  small,
  table,
  textPage,
} from './layout.ts'

type Notice = {
  emCd: string
  name: string
  audience: 'member' | 'prospect'
  subject: string
  title: string
  paragraphs: string[]
  action: { label: string; url: string }
  /** A second, less prominent link. */
  otherwise?: { text: string; label: string; url: string }
  footer: string
}

/** A short email: a greeting, a few sentences, and one or two links. All have the optional variable `name`. */
function notice({
  emCd,
  name,
  audience,
  subject,
  title,
  paragraphs,
  action,
  otherwise,
  footer,
}: Notice): EmailTemplateRow {
  return {
    emCd,
    name,
    audience,
    subject,
    htmlBody: page(
      title,
      [
        GREETING_HTML,
        ...paragraphs.map(paragraph),
        button(action.label, action.url),
        ...(otherwise === undefined
          ? []
          : [small(`${otherwise.text} ${link(otherwise.label, `${otherwise.url} | track`)}`)]),
      ].join('\n'),
      footer,
    ),
    textBody: textPage(
      title,
      [
        GREETING_TEXT,
        ...paragraphs,
        `${action.label}: {{ ${action.url} | track }}`,
        ...(otherwise === undefined ? [] : [`${otherwise.text}\n${otherwise.label}: {{ ${otherwise.url} | track }}`]),
      ].join('\n\n'),
      footer,
    ),
  }
}

const ACCOUNT_FOOTER = 'You are receiving this email because of your account at {{ shop.name }}.'

const DISOWN = {
  text: 'If you did not open an account with us, someone else entered your address.',
  label: 'This was not me: remove my address',
  url: 'disown_url',
}

const notices: Notice[] = [
  {
    emCd: 'welcome_verification',
    name: 'Welcome and verification',
    audience: 'member',
    subject: 'Welcome to {{ shop.name }}: please confirm your email address',
    title: 'Welcome to {{ shop.name }}',
    paragraphs: ['Your account is ready. Please confirm that this address is yours; the link works once.'],
    action: { label: 'Confirm my address', url: 'verify_url' },
    otherwise: DISOWN,
    footer: ACCOUNT_FOOTER,
  },
  {
    emCd: 'email_verification',
    name: 'Verification of a new address',
    audience: 'member',
    subject: 'Please confirm your new email address',
    title: 'Confirm your new address',
    paragraphs: [
      'This address was entered for an account at {{ shop.name }}. Please confirm that it is yours; the link works once.',
      'After that, all emails about the account are sent here.',
    ],
    action: { label: 'Confirm my address', url: 'verify_url' },
    otherwise: DISOWN,
    footer: ACCOUNT_FOOTER,
  },
  {
    emCd: 'email_change_requested',
    name: 'Address about to change',
    audience: 'member',
    subject: 'A new email address was entered for your account',
    title: 'Your address is about to change',
    paragraphs: [
      'Someone who knows your password entered a new email address for your account. Once it is confirmed, emails about the account go there.',
      'If it was you, there is nothing to do. If not, undo the change within a week: everyone is then signed out, and we send you a link to choose a new password.',
    ],
    action: { label: 'Undo the change', url: 'undo_url' },
    footer: ACCOUNT_FOOTER,
  },
  {
    emCd: 'password_changed',
    name: 'Password changed',
    audience: 'member',
    subject: 'Your password was changed',
    title: 'Your password was changed',
    paragraphs: [
      'The password of your account was changed just now.',
      'If it was you, there is nothing to do. If not, choose a new one now: that also signs everyone out. The link works once and expires after one hour; after that, ask for another where you sign in.',
    ],
    action: { label: 'Choose a new password', url: 'reset_url' },
    footer: ACCOUNT_FOOTER,
  },
  {
    emCd: 'password_reset',
    name: 'Password reset',
    audience: 'member',
    subject: 'Reset your password',
    title: 'Reset your password',
    paragraphs: [
      'Someone asked for a new password for your account. The link below works once and expires after one hour.',
      'If it was not you, ignore this email: your password stays the same.',
    ],
    action: { label: 'Choose a new password', url: 'reset_url' },
    footer: ACCOUNT_FOOTER,
  },
  {
    emCd: 'account_locked',
    name: 'Account locked',
    audience: 'member',
    subject: 'Your account is temporarily locked',
    title: 'Your account is temporarily locked',
    paragraphs: [
      'There were too many sign-in attempts with a wrong password, so we have locked your account for a while.',
      'If it was not you, choose a new password; that also unlocks the account.',
    ],
    action: { label: 'Choose a new password', url: 'reset_url' },
    footer: ACCOUNT_FOOTER,
  },
  {
    emCd: 'subscription_cancelled',
    name: 'Subscription cancelled',
    audience: 'member',
    subject: 'Your subscription is cancelled',
    title: 'Your subscription is cancelled',
    paragraphs: [
      'Your subscription to {{ plan }} is cancelled and stays active until {{ ends_on }}. You will not be charged again.',
    ],
    action: { label: 'Manage your subscription', url: 'billing_url' },
    footer: ACCOUNT_FOOTER,
  },
  {
    emCd: 'privacy_request',
    name: "A guest's data: copy or erasure",
    audience: 'prospect',
    subject: 'Your data at {{ shop.name }}',
    title: '{% if kind == "erasure" %}Erase your data{% else %}A copy of your data{% endif %}',
    paragraphs: [
      '{% if kind == "erasure" %}Someone asked us to erase everything that we store under this address. Orders stay in our books without your personal data, and an order that has not shipped yet loses its address.{% else %}Someone asked us for a copy of everything that we store under this address.{% endif %}',
      'The link below works once and expires after one day. If it was not you, ignore this email: nothing will happen.',
    ],
    action: { label: '{% if kind == "erasure" %}Erase my data{% else %}Get my data{% endif %}', url: 'confirm_url' },
    footer: 'You are receiving this email because someone entered your address at {{ shop.name }}.',
  },
  {
    emCd: 'privacy_request_member',
    name: "A member's data: where to ask",
    audience: 'member',
    subject: 'Your data at {{ shop.name }}',
    title: 'Your data is in your account',
    paragraphs: [
      'Someone asked us about the data that we store under this address. It belongs to your account: sign in to download or delete it.',
      'If it was not you, there is nothing to do.',
    ],
    action: { label: 'Go to the shop', url: 'account_url' },
    footer: ACCOUNT_FOOTER,
  },
  {
    emCd: 'payment_failed',
    name: 'Payment failed',
    audience: 'prospect',
    subject: 'Your payment did not go through',
    title: 'Your payment did not go through',
    paragraphs: [
      'Your bank did not confirm the payment, so there is no order and nothing was charged.',
      'If you still want the items, please order them again, perhaps with another payment method.',
    ],
    action: { label: 'Go to your cart', url: 'cart_url' },
    footer: 'You are receiving this email because you started a purchase at {{ shop.name }}.',
  },
]

const ALERT_ROWS = [
  'code',
  'reason',
  'amount',
  'order',
  'checkout',
  'payment_intent',
  'evidence_due_by',
  'template',
  'problem',
  'object_id',
  'event_id',
  'event_type',
  'request_id',
]

/** The email to the operators. Its variables are those of `ALERT_ROWS`, all optional. */
const operatorAlert: EmailTemplateRow = {
  emCd: 'operator_alert',
  name: 'Operator alert',
  audience: 'operator',
  subject: '{{ shop.name }} needs you: {{ code }}',
  htmlBody: page(
    'A problem needs you',
    [
      paragraph('The shop found a problem that needs you: {{ code }}.'),
      table(ALERT_ROWS.map((name) => `{% if ${name} %}${fact(name, `{{ ${name} }}`)}{% endif %}`).join('\n')),
      paragraph('Search the log for this request id.'),
    ].join('\n'),
    'Sent to the address in OPERATOR_EMAIL.',
  ),
  textBody: textPage(
    'A problem needs you',
    `The shop found a problem that needs you: {{ code }}.

${ALERT_ROWS.map((name) => `{% if ${name} %}{{ "${name}" | left: 16 }}{{ ${name} }}\n{% endif -%}`).join('\n')}{{ "" }}
Search the log for this request id.`,
    'Sent to the address in OPERATOR_EMAIL.',
  ),
}

export const noticeEmails: EmailTemplateRow[] = [...notices.map(notice), operatorAlert]
