import { z } from '@hono/zod-openapi'

/**
 * `schema` or null. Use it for schemas that are components of the OpenAPI document: `.nullable()` could make the component
 * itself nullable there.
 */
export const orNull = <T extends z.ZodType>(schema: T) => z.union([schema, z.null()])
