import { connect } from 'node:net'

/** Requests that no HTTP client would send, byte for byte. */
const MALFORMED: Record<string, string> = {
  'no request line': '\r\n\r\n',
  'no HTTP at all': 'hello\r\n\r\n',
  'a TLS hello': '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003',
  'an unknown version': 'GET /v1/cart HTTP/9.9\r\nHost: x\r\n\r\n',
  'no host': 'GET /v1/cart HTTP/1.1\r\n\r\n',
  'two hosts': 'GET /v1/cart HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n',
  'a host that is no host': 'GET /v1/cart HTTP/1.1\r\nHost: a b/c\r\n\r\n',
  'a header without a colon': 'GET /v1/cart HTTP/1.1\r\nHost: x\r\nnonsense\r\n\r\n',
  'a header with NUL': 'GET /v1/cart HTTP/1.1\r\nHost: x\r\nX-A: a\u0000b\r\n\r\n',
  'a folded header': 'GET /v1/cart HTTP/1.1\r\nHost: x\r\nX-A: a\r\n b\r\n\r\n',
  'a space before the colon': 'GET /v1/cart HTTP/1.1\r\nHost: x\r\nContent-Length : 5\r\n\r\nhello',
  'a space in the path': 'GET /v1/c art HTTP/1.1\r\nHost: x\r\n\r\n',
  'a whole URL of somewhere else': 'GET http://evil.example/v1/cart HTTP/1.1\r\nHost: x\r\n\r\n',
  'two lengths': 'POST /v1/cart/items HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 40\r\n\r\n{}',
  'a negative length': 'POST /v1/cart/items HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n{}',
  'length and chunks':
    'POST /v1/cart/items HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  'chunks that are none': 'POST /v1/cart/items HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n',
  'an unknown encoding': 'POST /v1/cart/items HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n',
  'less body than announced':
    'POST /v1/cart/items HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 999\r\n\r\n{}',
  'a very long address': `GET /v1/products?q=${'a'.repeat(70_000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
  'a thousand headers': `GET /v1/cart HTTP/1.1\r\nHost: x\r\n${'X-A: b\r\n'.repeat(1_000)}\r\n`,
  'a method of its own': 'STEAL /v1/cart HTTP/1.1\r\nHost: x\r\n\r\n',
  CONNECT: 'CONNECT 127.0.0.1:5432 HTTP/1.1\r\nHost: x\r\n\r\n',
}

/** What came back to one piece of bytes before the connection was closed or a second had passed. */
function sendBytes(api: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(api)
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port) })
    let answer = ''
    const end = () => {
      socket.destroy()
      resolve(answer)
    }
    socket.setTimeout(1_000, end)
    socket.on('data', (chunk) => (answer += chunk.toString('latin1')))
    socket.on('error', end)
    socket.on('close', end)
    socket.write(Buffer.from(bytes, 'latin1'))
  })
}

/**
 * Sends each of them; answers what the Worker answered with a failure or with internals. Most of them the runtime
 * refuses by itself, in words of its own: in production what stands before the Worker does.
 */
export async function tryMalformed(api: string): Promise<{ what: string; answer: string }[]> {
  const tried = await Promise.all(
    Object.entries(MALFORMED).map(async ([what, bytes]) => ({ what, answer: await sendBytes(api, bytes) })),
  )
  const isOwn = (answer: string) => /^x-request-id:/im.test(answer)
  return tried.filter(
    ({ answer }) => (isOwn(answer) && /^HTTP\/1\.\d 5/.test(answer)) || /node_modules|\.ts:\d/.test(answer),
  )
}
