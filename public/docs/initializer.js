// Starts the documentation page. "Try it out" sends the CSRF token, which it asks for once.
/* global SwaggerUIBundle */
const tokens = new Map()

const tokenFrom = async (origin) => {
  const answer = await fetch(`${origin}/v1/auth/csrf`, { credentials: 'include' })
  return (await answer.json()).csrf_token
}

SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  displayOperationId: true,
  docExpansion: 'list',
  validatorUrl: null,
  withCredentials: true,
  requestInterceptor: async (request) => {
    if (['GET', 'HEAD', 'OPTIONS'].includes((request.method ?? 'GET').toUpperCase())) return request
    const { origin } = new URL(request.url, location.href)
    if (!tokens.has(origin)) tokens.set(origin, tokenFrom(origin))
    request.headers['X-CSRF-Token'] = await tokens.get(origin)
    return request
  },
})
