/**
 * The layers and the order of the features, as docs/architecture.md draws them. A rule that fires says what to do
 * instead; `test/node/scripts/import-rules.test.ts` proves that each of them fires.
 */

/** Features, lowest first: each may use those of the tiers below its own, and none beside it. */
const TIERS = [
  ['shop', 'catalog', 'members', 'alerts'],
  ['email', 'cart', 'terms', 'unsubscribe', 'sessions'],
  ['orders', 'account', 'one-time-tokens'],
  ['passwords'],
  ['sign-in', 'registration', 'email-ownership', 'checkout'],
  ['stripe-webhook', 'privacy', 'operators', 'operations', 'event-dispatch'],
  ['pages'],
]

export const FEATURES = TIERS.flat()

const anyOf = (names) => `(?:${names.join('|')})`

const featureOrder = TIERS.map((tier, at) => ({
  name: `feature-order-${at + 1}`,
  comment: `Features beside or above ${tier.join(', ')} are out of reach: turn the dependency round.`,
  severity: 'error',
  from: { path: `^src/features/(${anyOf(tier)})/` },
  to: { path: '^src/features/', pathNot: `^src/features/${anyOf(['$1', ...TIERS.slice(0, at).flat()])}/` },
}))

const forbidden = [
  {
    name: 'no-cycles',
    comment: 'Two files that need each other are one file, or need a third.',
    severity: 'error',
    from: {},
    to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
  },
  {
    name: 'resolvable',
    comment: 'The import leads nowhere.',
    severity: 'error',
    from: {},
    to: { couldNotResolve: true, pathNot: '^cloudflare:' },
  },
  {
    name: 'worker-is-self-contained',
    comment: 'The Worker must not need the local stack, tests, scripts or tools.',
    severity: 'error',
    from: { path: '^src/' },
    to: { path: '^(?:dev|test|proof|scripts|drizzle)/' },
  },
  {
    name: 'worker-uses-runtime-packages',
    comment: 'A package that the Worker needs belongs under `dependencies`.',
    severity: 'error',
    from: { path: '^src/' },
    to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
  },
  {
    name: 'local-stack-is-independent',
    comment: 'The local stack stands in for the world outside. It knows the Worker by its addresses only.',
    severity: 'error',
    from: { path: '^dev/' },
    to: { path: '^(?:src|test)/' },
  },
  {
    name: 'hono-in-adapters-only',
    comment: 'Use cases take (ctx, input) and know nothing of HTTP.',
    severity: 'error',
    from: { path: '^src/', pathNot: '^src/(?:surfaces/|http/|features/[^/]+/routes(?:\\.ts$|/))' },
    to: { path: 'node_modules/hono/' },
  },
  {
    name: 'drizzle-in-db-and-queries-only',
    comment: 'Statements stand in queries.ts or queries/, named for what they answer.',
    severity: 'error',
    from: { path: '^src/', pathNot: '^src/(?:db/|(?:events|features/[^/]+)/queries(?:\\.ts$|/))' },
    to: { path: 'node_modules/(?:drizzle-orm|@neondatabase)/' },
  },
  {
    name: 'nothing-calls-upward-to-entry-points',
    comment: 'Entry points import everything and are imported by nobody.',
    severity: 'error',
    from: { path: '^src/', pathNot: '^src/(?:index\\.ts$|surfaces/)' },
    to: { path: '^src/(?:(?:index|queue|cron)\\.ts$|surfaces/)' },
  },
  {
    name: 'shoppers-session-is-the-shops',
    comment: 'Visitor, session, CSRF token and CORS are for shoppers and their storefront: other surfaces read none.',
    severity: 'error',
    from: { path: '^src/surfaces/(?!shop\\.ts$)' },
    to: { path: '^src/http/(?:visitor|device|session|csrf|csrf-routes|cors)\\.ts$' },
  },
  {
    name: 'features-do-not-know-adapters',
    comment:
      'Only routes.ts (or routes/) speaks HTTP; a use case that wants something of http/ wants it as an argument.',
    severity: 'error',
    from: { path: '^src/features/', pathNot: '^src/features/[^/]+/routes(?:\\.ts$|/)' },
    to: { path: '^src/http/', pathNot: '^src/http/edge-cache\\.ts$' },
  },
  {
    name: 'routes-and-jobs-are-called-by-entry-points',
    comment: 'Call the verb, not the adapter in front of it.',
    severity: 'error',
    from: { path: '^src/', pathNot: '^src/(?:surfaces/|(?:queue|cron)\\.ts$)' },
    to: { path: '^src/features/[^/]+/(?:routes|jobs)\\.ts$' },
  },
  {
    name: 'routes-do-not-query',
    comment: 'A route validates, calls one verb and serialises.',
    severity: 'error',
    from: { path: '^src/features/[^/]+/routes(?:\\.ts$|/)' },
    to: { path: '^src/(?:features/[^/]+/queries|db/|payments/)' },
  },
  {
    name: 'queries-do-not-decide',
    comment: 'Queries answer questions; they do not call verbs or HTTP.',
    severity: 'error',
    from: { path: '^src/features/[^/]+/queries' },
    to: { path: '^src/http/|/(?:routes|jobs|schemas)\\.ts$' },
  },
  {
    name: 'rules-are-pure',
    comment: 'Rules have no I/O and no clock: values in, values out.',
    severity: 'error',
    from: { path: '^src/features/[^/]+/rules\\.ts$' },
    to: {
      path: '^src/(?:db|http)/|^src/context|/queries|node_modules',
      dependencyTypesNot: ['type-only'],
    },
  },
  {
    name: 'low-layers-stay-low',
    comment: 'db/ and shared/ are used by features and use none.',
    severity: 'error',
    from: { path: '^src/(?:db|shared)/' },
    to: { path: '^src/(?:features|http)/' },
  },
  {
    name: 'events-know-no-feature',
    comment: 'events/ says what can happen; what is done about it stands in the features.',
    severity: 'error',
    from: { path: '^src/events/' },
    to: { path: '^src/(?:features|http|payments|surfaces)/' },
  },
  {
    name: 'stripe-in-payments-only',
    comment: 'What Stripe answers is parsed in payments/stripe/; everything else knows our own types.',
    severity: 'error',
    from: { path: '^src/', pathNot: '^src/payments/stripe/' },
    to: { path: 'node_modules/stripe/' },
  },
  {
    name: 'payments-by-context-only',
    comment: 'Ask by the verbs of ctx.payments, and take the types from payments/.',
    severity: 'error',
    from: { path: '^src/', pathNot: '^src/(?:payments/stripe/|context\\.ts$)' },
    to: { path: '^src/payments/stripe/' },
  },
  {
    name: 'payments-know-no-shop',
    comment: 'payments/ says what a provider gives us; what the shop makes of it stands in the features.',
    severity: 'error',
    from: { path: '^src/payments/' },
    to: { path: '^src/(?!payments/|shared/|env\\.ts$)' },
  },
  {
    name: 'shared-is-values',
    comment: 'shared/ holds values: no clients, no context.',
    severity: 'error',
    from: { path: '^src/shared/' },
    to: { path: '^src/(?!shared/)' },
  },
  {
    name: 'http-knows-no-feature',
    comment: 'http/ serves every feature alike.',
    severity: 'error',
    from: { path: '^src/http/' },
    to: { path: '^src/features/' },
  },
  {
    name: 'feature-is-listed',
    comment: 'A new feature takes its place in TIERS, above.',
    severity: 'error',
    from: {},
    to: { path: '^src/features/', pathNot: `^src/features/${anyOf(FEATURES)}/` },
  },
  ...featureOrder,
]

export default {
  forbidden,
  options: {
    // TypeScript 7 has no compiler API that this tool could use; swc parses the files, types included.
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['workerd', 'import', 'types', 'node', 'default'],
    },
    moduleSystems: ['es6'],
  },
}
