/** What the email about an alert shows beside its code and request id; amounts and moments are formatted. */
export type AlertDetails = Partial<
  Record<
    | 'reason'
    | 'amount'
    | 'order'
    | 'checkout'
    | 'payment_intent'
    | 'evidence_due_by'
    | 'template'
    | 'problem'
    | 'object_id'
    | 'event_id'
    | 'event_type',
    string | null
  >
>
