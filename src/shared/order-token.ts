const encoder = new TextEncoder()

const keyOf = (secret: string, usage: 'sign' | 'verify') =>
  crypto.subtle.importKey('raw', encoder.encode(secret), { name: 'HMAC', hash: 'SHA-256' }, false, [usage])

const messageOf = (identifier: string) => encoder.encode(`order:${identifier}`)

/** Proof for the link in a guest's confirmation email: HMAC-SHA256 of the order's identifier, base64url, 43 characters. */
export async function signOrderToken(secret: string, identifier: string): Promise<string> {
  const mac = await crypto.subtle.sign('HMAC', await keyOf(secret, 'sign'), messageOf(identifier))
  return btoa(String.fromCharCode(...new Uint8Array(mac)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}

/** Whether `signOrderToken` made this token for this order; compared in constant time. */
export async function verifyOrderToken(secret: string, identifier: string, token: string): Promise<boolean> {
  if (!/^[\w-]{43}$/.test(token)) return false
  const mac = Uint8Array.from(atob(token.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0))
  return crypto.subtle.verify('HMAC', await keyOf(secret, 'verify'), mac, messageOf(identifier))
}
