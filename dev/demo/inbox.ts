import { z } from 'zod'
import { storedMessageSchema } from '../mailbox/store.ts'
import type { StoredMessage } from '../mailbox/store.ts'
import type { RunningStack } from '../stack.ts'
import { waitUntil } from '../wait-until.ts'

/** Waits for an email to this address that `matches`; `what` names it in the error if it does not arrive. */
export function receiveEmail(
  stack: RunningStack,
  to: string,
  what: string,
  matches: (message: StoredMessage) => boolean,
): Promise<StoredMessage> {
  const inbox = new URL(`/api/messages?${new URLSearchParams({ to })}`, stack.urls.mail)
  return waitUntil(
    `an email about ${what} to ${to}`,
    async () =>
      z
        .array(storedMessageSchema)
        .parse(await (await fetch(inbox)).json())
        .find(matches),
    { timeoutMs: 60_000, everyMs: 100 },
  )
}

/** The first link in the email whose path contains this; the storefront's address may have a path of its own before it. */
export function linkIn({ subject, text }: StoredMessage, path: string): URL {
  const link = Array.from(text.matchAll(/https?:\/\/[^\s<>"]+/g), ([found]) => new URL(found)).find(({ pathname }) =>
    pathname.includes(path),
  )
  if (link === undefined) throw new Error(`the email “${subject}” has no link to ${path}`)
  return link
}
