import { createContext } from './context.ts'
import { AppError } from './shared/errors.ts'
import { onError } from './http/problem.ts'
import { requestId } from './http/request-id.ts'
import { createRouter } from './http/router.ts'
import { readVisitor } from './http/visitor.ts'

export const app = createRouter()

app.onError(onError)
app.notFound(() => {
  throw new AppError('not-found', 'There is nothing at this address.')
})

app.use(requestId)
app.use(async (c, next) => {
  c.set('ctx', createContext(c.env, c.executionCtx, { requestId: c.get('requestId'), door: 'fetch' }))
  await next()
})
app.use(readVisitor)

app.get('/healthz', (c) => c.json({ status: 'ok' }))
