import { z } from '@hono/zod-openapi'

/**
 * `schema` or null. `.nullable()` on a schema that is a component of the OpenAPI document would make the component itself
 * nullable there, or not, as it happens to be met first.
 */
export const orNull = <T extends z.ZodType>(schema: T) => z.union([schema, z.null()])
