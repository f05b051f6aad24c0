import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { COST, type Cost } from './password-cost.ts'

const KEY_BYTES = 32
const SALT_BYTES = 16
const FORM = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{22})\$([A-Za-z0-9+/]{43})$/

type Parsed = { cost: Cost; salt: Buffer; key: Buffer }

const toBase64 = (bytes: Buffer): string => bytes.toString('base64').replaceAll('=', '')

/** Unicode NFKC, so that the same characters typed on another keyboard or system make the same hash. */
export const normalizePassword = (password: string): string => password.normalize('NFKC')

function deriveKey(password: string, salt: Buffer, { ln, r, p }: Cost): Promise<Buffer> {
  // Without `maxmem`, Node refuses to use more than 32 MiB.
  const options = { N: 2 ** ln, r, p, maxmem: 128 * 2 ** ln * r + 2 ** 20 }
  return new Promise((resolve, reject) => {
    scrypt(normalizePassword(password), salt, KEY_BYTES, options, (error, key) => {
      if (error === null) resolve(key)
      else reject(error)
    })
  })
}

const format = ({ ln, r, p }: Cost, salt: Buffer, key: Buffer): string =>
  `$scrypt$ln=${ln},r=${r},p=${p}$${toBase64(salt)}$${toBase64(key)}`

function parse(hash: string): Parsed {
  const [, ln, r, p, salt = '', key = ''] = FORM.exec(hash) ?? []
  if (ln === undefined) throw new Error('a stored password hash is malformed')
  return {
    cost: { ln: Number(ln), r: Number(r), p: Number(p) },
    salt: Buffer.from(salt, 'base64'),
    key: Buffer.from(key, 'base64'),
  }
}

/** Hashes to `$scrypt$ln=14,r=8,p=5$salt$key`, in base64 without padding: the hash names its own cost parameters. */
export async function hashPassword(password: string, cost: Cost = COST): Promise<string> {
  const salt = randomBytes(SALT_BYTES)
  return format(cost, salt, await deriveKey(password, salt, cost))
}

// Compared when there is no real hash. No password is known whose key is all zeros.
const DUMMY = format(COST, Buffer.alloc(SALT_BYTES), Buffer.alloc(KEY_BYTES))

/**
 * Whether the hash was made from this password, compared in constant time. Without a hash (unknown account, locked, or
 * no password set) it does the same work and answers false.
 */
export async function verifyPassword(password: string, hash: string | null): Promise<boolean> {
  const { cost, salt, key } = parse(hash ?? DUMMY)
  const isSame = timingSafeEqual(await deriveKey(password, salt, cost), key)
  return hash !== null && isSame
}

/** Whether the hash was made with other cost parameters than today's. */
export function needsRehash(hash: string): boolean {
  const { cost } = parse(hash)
  return cost.ln !== COST.ln || cost.r !== COST.r || cost.p !== COST.p
}
