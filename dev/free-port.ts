import { createServer } from 'node:net'

/**
 * Whether 127.0.0.1:`port` can be listened on now; `port` 0 asks the system for any.
 * Answers the port number, or undefined when somebody else has it.
 */
async function probePort(port: number): Promise<number | undefined> {
  const server = createServer()
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(undefined)
      else reject(error)
    })
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address()
      server.close(() => resolve(address !== null && typeof address === 'object' ? address.port : undefined))
    })
  })
}

/** A port on 127.0.0.1 that nobody listens on at this moment. */
export async function freePort(): Promise<number> {
  const port = await probePort(0)
  if (port === undefined) throw new Error('the system has no free TCP port on 127.0.0.1')
  return port
}

/** Whether a server could listen on 127.0.0.1:`port` now. */
export async function isPortFree(port: number): Promise<boolean> {
  return (await probePort(port)) !== undefined
}
