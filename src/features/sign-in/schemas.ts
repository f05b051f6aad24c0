import { z } from '@hono/zod-openapi'
import { loginNameSchema } from '../members/schemas.ts'
import { passwordSchema } from '../passwords/schemas.ts'
import { tokenDeliverySchema } from '../sessions/schemas.ts'

export const loginSchema = z
  .object({ login: loginNameSchema, password: passwordSchema, token_delivery: tokenDeliverySchema })
  .openapi('Login')
