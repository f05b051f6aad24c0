// Stands in, in the Worker's bundle, for the parts of Stripe's SDK that the Worker never calls: it makes one object of each
// for every client. `StripeClient` in src/stripe/client.ts names the parts that are there, so that no other compiles.

function LeftOut() {}

export {
  LeftOut as AccountResource,
  LeftOut as Apps,
  LeftOut as Billing,
  LeftOut as BillingPortal,
  LeftOut as Climate,
  LeftOut as CreditNoteResource,
  LeftOut as Entitlements,
  LeftOut as FinancialConnections,
  LeftOut as Forwarding,
  LeftOut as Identity,
  LeftOut as InvoiceResource,
  LeftOut as Issuing,
  LeftOut as OAuthResource,
  LeftOut as PaymentLinkResource,
  LeftOut as PriceResource,
  LeftOut as ProductCatalog,
  LeftOut as QuoteResource,
  LeftOut as Radar,
  LeftOut as Reporting,
  LeftOut as Reserve,
  LeftOut as Sigma,
  LeftOut as StripeEventNotificationHandler,
  LeftOut as SubscriptionItemResource,
  LeftOut as SubscriptionResource,
  LeftOut as Tax,
  LeftOut as Terminal,
  LeftOut as TestHelpers,
  LeftOut as ThreeDSecure,
  LeftOut as Treasury,
  LeftOut as V2,
}
