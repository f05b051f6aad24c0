import { signMessage, verifySignature } from './signature.ts'

const messageOf = (identifier: string): string => `order:${identifier}`

/** Proof for the link in a guest's confirmation email: a signature of the order's identifier, 43 characters. */
export const signOrderToken = (secret: string, identifier: string): Promise<string> =>
  signMessage(secret, messageOf(identifier))

/** Whether `signOrderToken` made this token for this order. */
export const verifyOrderToken = (secret: string, identifier: string, token: string): Promise<boolean> =>
  verifySignature(secret, messageOf(identifier), token)
