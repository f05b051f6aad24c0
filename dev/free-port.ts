import { createServer } from 'node:net'

/** Returns the port if 127.0.0.1:`port` is free now, undefined if it is taken. */
async function probePort(port: number): Promise<number | undefined> {
  const server = createServer()
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(undefined)
      else reject(error)
    })
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(port)))
  })
}

// Below the range for outgoing connections, which could take the port before we listen on it.
const FIRST = 15_000
const COUNT = 17_000
const ATTEMPTS = 50

/** A port on 127.0.0.1 that is free now and that no outgoing connection will get. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = await probePort(FIRST + Math.floor(Math.random() * COUNT))
    if (port !== undefined) return port
  }
  throw new Error('there is no free TCP port on 127.0.0.1')
}

/** Whether a server could listen on 127.0.0.1:`port` now. */
export async function isPortFree(port: number): Promise<boolean> {
  return (await probePort(port)) !== undefined
}
