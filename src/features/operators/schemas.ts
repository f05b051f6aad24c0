import { z } from '@hono/zod-openapi'

// Schemas of the operators' surface are functions, so that a Worker which serves only shoppers never builds them.

export const operatorSessionSchema = () =>
  z
    .object({
      operator: z.object({ id: z.uuid() }),
      permissions: z.array(z.string()).openapi({ description: 'What the operator may do', example: ['orders:refund'] }),
    })
    .openapi('OperatorSession')
