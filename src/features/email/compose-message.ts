import { Email } from 'worker-mailer'
import { type Mailbox, type OutgoingEmail, unsubscribeHeaders } from './transport.ts'

const ASCII_PRINTABLE = /^[\x20-\x7e]*$/
// RFC 2047: an encoded word is at most 75 characters; 45 bytes make 60 of base64 and 12 of frame.
const BYTES_PER_WORD = 45

/** Encodes a header value by RFC 2047; plain ASCII stays as it is. */
export function encodeHeaderText(text: string): string {
  if (ASCII_PRINTABLE.test(text)) return text
  const encoder = new TextEncoder()
  const words: string[] = []
  let word = ''
  for (const character of text) {
    if (encoder.encode(word + character).length > BYTES_PER_WORD) {
      words.push(word)
      word = ''
    }
    word += character
  }
  return [...words, word]
    .map((each) => `=?UTF-8?B?${btoa(String.fromCharCode(...encoder.encode(each)))}?=`)
    .join('\r\n ')
}

function formatMailbox({ name, email }: Mailbox): string {
  if (name === '') return email
  const shown = ASCII_PRINTABLE.test(name) ? `"${name.replaceAll(/["\\]/g, '\\$&')}"` : encodeHeaderText(name)
  return `${shown} <${email}>`
}

export const messageIdOf = (email: OutgoingEmail): string =>
  `<${email.id}@${email.from.email.slice(email.from.email.lastIndexOf('@') + 1)}>`

/**
 * The message for SMTP's DATA: with CRLF and stuffed dots, without the final line of one dot. Blind copies are only in the
 * envelope.
 */
export function composeMessage(email: OutgoingEmail): string {
  const data = new Email({
    from: email.from,
    to: email.to,
    subject: email.subject,
    text: email.text,
    html: email.html,
    headers: {
      From: formatMailbox(email.from),
      To: email.to,
      Subject: encodeHeaderText(email.subject),
      Date: email.date.toUTCString().replace('GMT', '+0000'),
      'Message-ID': messageIdOf(email),
      'Auto-Submitted': 'auto-generated',
      ...unsubscribeHeaders(email),
    },
  }).getEmailData()
  return data.slice(0, -'.\r\n'.length)
}
