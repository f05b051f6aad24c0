/** Fills a tracking number into the carrier's URL template; null while either is missing. */
export const trackingUrl = (template: string | null, trackingNumber: string | null): string | null =>
  template === null || trackingNumber === null
    ? null
    : template.replaceAll('{tracking_number}', encodeURIComponent(trackingNumber))
