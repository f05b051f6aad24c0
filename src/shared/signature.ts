const encoder = new TextEncoder()

const keyOf = (secret: string, usage: 'sign' | 'verify') =>
  crypto.subtle.importKey('raw', encoder.encode(secret), { name: 'HMAC', hash: 'SHA-256' }, false, [usage])

/** HMAC-SHA256 as base64url, 43 characters. Use a key from `signing-keys.ts`, which has one for each purpose. */
export async function signMessage(secret: string, message: string): Promise<string> {
  const mac = await crypto.subtle.sign('HMAC', await keyOf(secret, 'sign'), encoder.encode(message))
  return btoa(String.fromCharCode(...new Uint8Array(mac)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}

/** Whether this is the signature that `signMessage` makes of the message; compared in constant time. */
export async function verifySignature(secret: string, message: string, signature: string): Promise<boolean> {
  if (!/^[\w-]{43}$/.test(signature)) return false
  const mac = Uint8Array.from(atob(signature.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0))
  return crypto.subtle.verify('HMAC', await keyOf(secret, 'verify'), mac, encoder.encode(message))
}
