// Stands in for two modules of zod in the Worker's bundle: its compiler makes functions of text, which Workers do not
// allow, and nothing here reads JSON schemas. A name that a new zod asks for besides these fails the build.

const leftOut = () => {
  throw new Error('This part of zod is not in the bundle.')
}

export const INVALID = Symbol.for('zod.compile.invalid')
export class ZodCompileAsyncError extends Error {}
export class ZodCompileUnsupportedError extends Error {}
export { leftOut as compile, leftOut as fromJSONSchema, leftOut as withParser }
