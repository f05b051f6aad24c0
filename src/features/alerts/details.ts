/** What the operators read about an alert, beside its code and request; amounts and moments as text. */
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
